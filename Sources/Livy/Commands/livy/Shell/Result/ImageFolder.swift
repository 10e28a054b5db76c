// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Where images are saved. Made with the first one; a file that is there is never written over.
struct ImageFolder: Sendable {
  let path: String

  /// The file's path.
  func save(_ png: [UInt8], session: Int, statement: Int) throws(FileFailure) -> String {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileFailure(text: "\(path) cannot be made: \(error.localizedDescription)")
    }
    for number in 1...ShellLimits.imageNamesMax {
      let suffix = number == 1 ? "" : "-\(number)"
      let file = "\(path)/session-\(session)-statement-\(statement)\(suffix).png"
      let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      if descriptor < 0, errno == EEXIST { continue }
      guard descriptor >= 0 else {
        throw FileFailure(text: "\(file): \(String(cString: strerror(errno)))")
      }
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      do {
        try handle.write(contentsOf: Data(png))
        return file
      } catch {
        throw FileFailure(text: "\(file) cannot be written: \(error.localizedDescription)")
      }
    }
    throw FileFailure(
      text: "\(path) has \(ShellLimits.imageNamesMax) images of that statement: move some away")
  }
}
