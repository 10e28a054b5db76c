// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Files by the system's own calls: the command needs no more of them than this.
enum FileAccess {
  struct Failure: Error, CustomStringConvertible {
    var description: String
    /// Whether there is nothing at the path.
    var isMissing = false

    init(_ action: String, _ path: String) {
      let number = errno
      isMissing = number == ENOENT || number == ENOTDIR
      description = "cannot \(action) \(path): \(String(cString: strerror(number)))"
    }

    /// Only regular files have a size that ends, and can be replaced.
    init(noRegularFile path: String) {
      description = "\(path) is no regular file"
    }
  }

  /// Names of drafts that are tried: some may be left of programs that were killed.
  private static let draftsMax = 100

  /// Reads a regular file, but not much more than `bytesMax`: the compiler then says that it is too
  /// large.
  static func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
    // To open a pipe would wait for its other end.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw Failure("open", path) }
    defer { close(file) }
    var state = stat()
    guard fstat(file, &state) == 0 else { throw Failure("read", path) }
    guard isRegular(state) else { throw Failure(noRegularFile: path) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= bytesMax {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure("read", path) }
      if count == 0 { break }
      bytes += chunk.prefix(count)
    }
    return bytes
  }

  /// Writes beside the file and moves it into place, so that nobody sees half of it. The file keeps
  /// its mode, and a link to it stays one. A file that has the same text already is left alone:
  /// build systems look at its time.
  static func write(_ text: String, to path: String) throws(Failure) {
    let bytes = Array(text.utf8)
    if let present = try? read(path, bytesMax: bytes.count), present == bytes { return }
    let target = resolved(path)
    var state = stat()
    let isThere = stat(target, &state) == 0
    if isThere, !isRegular(state) { throw Failure(noRegularFile: path) }
    let (draft, file) = try openDraft(of: target)
    let isWritten =
      (!isThere || fchmod(file, state.st_mode & 0o7777) == 0) && writeAll(bytes, to: file)
    let failure = isWritten ? nil : Failure("write", draft)
    let isClosed = close(file) == 0
    if isWritten, isClosed, rename(draft, target) == 0 { return }
    let last = failure ?? Failure("write", path)
    unlink(draft)
    throw last
  }

  /// The file behind links, or the path itself if there is none.
  private static func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }

  /// A new file in the folder of the one that it will replace.
  private static func openDraft(of target: String) throws(Failure) -> (path: String, file: Int32) {
    for attempt in 0..<draftsMax {
      let path = "\(target).\(getpid())-\(attempt).draft"
      let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      if file >= 0 { return (path, file) }
      guard errno == EEXIST else { throw Failure("write", path) }
    }
    throw Failure("write", target)
  }

  private static func isRegular(_ state: stat) -> Bool { state.st_mode & S_IFMT == S_IFREG }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func print(_ text: String, to file: Int32) {
    _ = writeAll(Array(text.utf8), to: file)
  }

  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
