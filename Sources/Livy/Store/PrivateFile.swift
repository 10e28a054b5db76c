// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Glibc
internal import LivyCore

/// A file for its owner alone: mode 0600, in a folder that nobody else can write.
enum PrivateFile {
  /// Makes the file and its folder (0700) if they are missing, and takes rights from others if the
  /// file has them. SQLite gives the files beside it (`-wal`, `-shm`) the same mode.
  static func prepare(_ path: String) throws(LivyError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try makeFolder(folder)
    try checkFolder(folder)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("open or create", path) }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw failure("set mode 0600 on", path) }
    for beside in ["-wal", "-shm"] where access(path + beside, F_OK) == 0 {
      guard chmod(path + beside, 0o600) == 0 else {
        throw failure("set mode 0600 on", path + beside)
      }
    }
  }

  private static func makeFolder(_ folder: String) throws(LivyError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw LivyError(.store, "The state folder \(folder) cannot be made.", cause: error)
    }
  }

  private static func checkFolder(_ folder: String) throws(LivyError) {
    var status = stat()
    guard stat(folder, &status) == 0 else { throw failure("read", folder) }
    guard status.st_mode & 0o022 == 0 else {
      throw LivyError(
        .configuration,
        """
        Others may write in the state folder \(folder), so they could replace the state: \
        chmod go-w '\(folder)', or name another folder.
        """)
    }
  }

  static func failure(_ tried: String, _ path: String) -> LivyError {
    LivyError(.store, "The server could not \(tried) \(path): \(String(cString: strerror(errno))).")
  }
}

/// One server's claim on a file. Ends with this object or with the process, whichever is first.
final class FileLock: Sendable {
  private let descriptor: CInt

  init(path: String, of file: String) throws(LivyError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw PrivateFile.failure("open or create", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isTaken = errno == EWOULDBLOCK
      defer { close(descriptor) }
      guard isTaken else { throw PrivateFile.failure("lock", path) }
      throw LivyError(
        .configuration,
        "The state in \(file) is in use by another server; stop it, or name another state folder.")
    }
  }

  deinit {
    // Closing alone would not do it while a process that was just forked still holds a copy.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
