// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// By what a file is known to be unchanged.
struct FileStamp: Equatable, Sendable, CustomStringConvertible {
  var bytes: Int64
  var seconds: Int64
  var nanoseconds: Int64

  /// Follows links. Nil where there is no such file.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    bytes = Int64(status.st_size)
    seconds = Int64(status.st_mtim.tv_sec)
    nanoseconds = Int64(status.st_mtim.tv_nsec)
  }

  var description: String { "\(bytes) \(seconds).\(nanoseconds)" }
}
