// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore

/// The few calls of the file system that starting applications needs, with the system's own reason
/// in their errors. All files are 0600 and all folders 0700 whatever the umask says, and no link is
/// followed at their last step.
enum FileSystem {
  /// Makes a folder of our own, and those above it. One that is there has to be a folder, no link,
  /// and ours; it is made private again.
  static func makePrivateFolder(_ path: String) throws(LivyError) {
    try makeFolder(path)
    var status = stat()
    guard lstat(path, &status) == 0 else { throw failure("look at", path) }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
      throw LivyError(
        .launchFailed, "\(path) is no folder of this server's user; move it out of the way")
    }
    guard chmod(path, 0o700) == 0 else { throw failure("set the mode of", path) }
  }

  private static func makeFolder(_ path: String) throws(LivyError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw failure("make folder", path)
    }
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("make folder", path) }
  }

  /// Writes a new file; one that stood there is replaced, not followed.
  static func write(_ bytes: [UInt8], to path: String) throws(LivyError) {
    try remove(path)
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("write", path) }
    defer { close(file) }
    guard fchmod(file, 0o600) == 0 else { throw failure("set the mode of", path) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  /// Removes a file; it is no error if there is none.
  static func remove(_ path: String) throws(LivyError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
  }

  static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return access(path, X_OK) == 0
  }

  enum End {
    case first, last
  }

  /// The first or last bytes of a file, `bytesMax` at most; nil if there is no such file.
  static func read(
    _ end: End, _ bytesMax: Int, of path: String
  ) throws(LivyError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      guard errno == ENOENT else { throw failure("read", path) }
      return nil
    }
    defer { close(file) }
    if end == .last {
      let size = lseek(file, 0, SEEK_END)
      _ = lseek(file, max(0, size - off_t(clamping: bytesMax)), SEEK_SET)
    }
    return try read(file, bytesMax: bytesMax, of: path)
  }

  private static func read(
    _ file: Int32, bytesMax: Int, of path: String
  ) throws(LivyError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < bytesMax {
      let wanted = min(chunk.count, bytesMax - bytes.count)
      let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, wanted) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  private static func failure(_ action: String, _ path: String) -> LivyError {
    let reason = String(cString: strerror(errno))
    return LivyError(
      .launchFailed,
      "cannot \(action) \(path): \(reason); check the folder's owner, mode and free space")
  }
}
