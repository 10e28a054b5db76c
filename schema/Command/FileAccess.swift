// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Files by the system's own calls: the command needs no more of them than this.
enum FileAccess {
  struct Failure: Error, CustomStringConvertible {
    var description: String

    init(_ action: String, _ path: String) {
      description = "cannot \(action) \(path): \(String(cString: strerror(errno)))"
    }
  }

  /// Reads a file, but not much more than `bytesMax`: the compiler then says that it is too large.
  static func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure("open", path) }
    defer { close(file) }
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

  /// Writes beside the file and moves it into place, so that nobody sees half of it. A file that
  /// has the same text already is left alone: build systems look at its time.
  static func write(_ text: String, to path: String) throws(Failure) {
    let bytes = Array(text.utf8)
    if let present = try? read(path, bytesMax: bytes.count), present == bytes { return }
    let draft = path + ".draft"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Failure("write", draft) }
    let isWritten = writeAll(bytes, to: file)
    guard close(file) == 0, isWritten else { throw Failure("write", draft) }
    guard rename(draft, path) == 0 else { throw Failure("write", path) }
  }

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
