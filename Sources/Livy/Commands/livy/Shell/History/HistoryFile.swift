// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What is wrong with a file of the user's.
struct FileFailure: Error, Equatable {
  var text: String
}

/// The file of the history: for its user's eyes only. Shells that run at one time add to it in turn.
struct HistoryFile: Sendable {
  let path: String

  /// What the file holds; nothing where there is none. One that has grown too large is written anew.
  func read() throws(FileFailure) -> [String] {
    let file = try open(O_RDONLY | O_CREAT)
    defer { try? file.close() }
    // Appended to by shells that do not look at its size: its end is what counts.
    let bytesMax = 4 * ShellLimits.historyBytesMax
    let data: Data
    do {
      let size = try file.seekToEnd()
      try file.seek(toOffset: size > bytesMax ? size - UInt64(bytesMax) : 0)
      data = try file.read(upToCount: bytesMax) ?? Data()
    } catch {
      throw FileFailure(text: "\(path) cannot be read: \(error.localizedDescription)")
    }
    let text = String(decoding: data, as: UTF8.self)
    let entries = HistoryText.entries(of: text)
    let lines = text.utf8.count { $0 == UInt8(ascii: "\n") }
    if data.count > ShellLimits.historyBytesMax || lines > 2 * ShellLimits.historyEntriesMax {
      try replace(with: HistoryText.text(of: entries))
    }
    return entries
  }

  func append(_ entry: String) throws(FileFailure) {
    let file = try open(O_WRONLY | O_CREAT | O_APPEND)
    defer { try? file.close() }
    do {
      try file.write(contentsOf: Data((HistoryText.encoded(entry) + "\n").utf8))
    } catch {
      throw FileFailure(text: "\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// Neither a link nor anything that is no plain file, and no one else's to read.
  private func open(_ flags: Int32) throws(FileFailure) -> FileHandle {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let descriptor = Foundation.open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileFailure(text: "\(path): \(Self.reason)") }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw FileFailure(text: "\(path) is no plain file")
    }
    guard status.st_mode & 0o077 == 0 || fchmod(descriptor, 0o600) == 0 else {
      throw FileFailure(text: "\(path) can be read by others: \(Self.reason)")
    }
    return file
  }

  private func replace(with text: String) throws(FileFailure) {
    let fresh = HistoryFile(path: "\(path).\(getpid())")
    do {
      let file = try fresh.open(O_WRONLY | O_CREAT | O_TRUNC)
      try file.write(contentsOf: Data(text.utf8))
      try file.close()
    } catch let failure as FileFailure {
      throw failure
    } catch {
      throw FileFailure(text: "\(fresh.path) cannot be written: \(error.localizedDescription)")
    }
    guard rename(fresh.path, path) == 0 else { throw FileFailure(text: "\(path): \(Self.reason)") }
  }

  private static var reason: String { String(cString: strerror(errno)) }
}
