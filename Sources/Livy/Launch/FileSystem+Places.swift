// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Where something lies.
extension FileSystem {
  /// Absolute and without links; nil where there is nothing.
  static func realPath(of path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  /// Without links, as far as the path exists.
  static func resolved(_ path: String) -> String {
    if let place = realPath(of: path) { return place }
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return path }
    return resolved(String(path[..<slash])) + path[slash...]
  }

  /// Whether nobody but this user and root can put another folder in the place of this one: all
  /// folders above it are closed to the writing of others, or let everybody move what is his own
  /// alone, as /tmp does.
  static func isSheltered(_ path: String) -> Bool {
    guard var place = realPath(of: path) else { return false }
    while let slash = place.lastIndex(of: "/") {
      place = String(place[..<slash])
      var status = stat()
      guard lstat(place.isEmpty ? "/" : place, &status) == 0 else { return false }
      let isOwn = status.st_uid == geteuid() || status.st_uid == 0
      let isClosed = status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0
      guard isOwn, isClosed else { return false }
    }
    return true
  }

  /// Bytes that this user may still write there.
  static func freeBytes(at path: String) -> Int64? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let (bytes, overflow) = UInt64(status.f_bavail)
      .multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? .max : Int64(clamping: bytes)
  }

  /// Removes a folder with all that is in it, as far as that can be done. Links are not followed.
  static func removeTree(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    for name in FolderListing.names(in: path, max: .max) ?? [] { removeTree("\(path)/\(name)") }
    rmdir(path)
  }
}
