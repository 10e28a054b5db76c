// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What lies in a folder.
enum FolderListing {
  /// Without `.` and `..`; nil where the folder cannot be read, or holds more than `max`.
  static func names(in folder: String, max: Int) -> [String]? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      guard names.count < max else { return nil }
      names.append(name)
    }
    return names
  }

  /// `name size mtime` of each, with links followed.
  static func files(in folder: String, max: Int) -> [String]? {
    names(in: folder, max: max)?.compactMap { name in
      FileStamp(path: "\(folder)/\(name)").map { "\(name) \($0)" }
    }
  }
}
