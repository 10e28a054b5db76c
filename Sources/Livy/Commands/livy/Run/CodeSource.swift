// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Livy

/// The code that `livy run` is given: as it stands, in a file, or on standard input.
struct CodeSource: Equatable {
  var code: String
  /// What a file's name says of its kind.
  var kind: String?

  /// Far above any code that a person writes, below what the server takes.
  static let bytesMax = 8 << 20

  static func read(_ argument: String) throws -> CodeSource {
    if argument == "-" {
      return CodeSource(code: try text(of: FileHandle.standardInput, "standard input"))
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder),
      !isFolder.boolValue
    else {
      guard !looksLikeFile(argument) else {
        throw CommandFailure(.usage, "livy: there is no file \(SafeText.line(argument))")
      }
      return CodeSource(code: argument)
    }
    return try read(file: argument)
  }

  static func read(file name: String) throws -> CodeSource {
    guard let file = FileHandle(forReadingAtPath: name) else {
      throw CommandFailure(.usage, "livy: \(SafeText.line(name)) cannot be read")
    }
    do {
      return CodeSource(code: try text(of: file, name), kind: kind(ofFile: name))
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.usage, "livy: \(SafeText.line(name)): \(error.localizedDescription)")
    }
  }

  static func kind(ofFile name: String) -> String? {
    switch name.split(separator: ".").last?.lowercased() {
    case "py": "pyspark"
    case "sql": "sql"
    case "scala": "spark"
    case "r": "sparkr"
    default: nil
    }
  }

  /// `report.sql` is a file that is missing, and no Python.
  static func looksLikeFile(_ text: String) -> Bool {
    let isWord = text.allSatisfy { $0.isLetter || $0.isNumber || "._-/~".contains($0) }
    return isWord && text.contains(".") && kind(ofFile: text) != nil
  }

  private static func text(of file: FileHandle, _ name: String) throws -> String {
    let data = try file.read(upToCount: bytesMax + 1) ?? Data()
    guard data.count <= bytesMax else {
      throw CommandFailure(.usage, "livy: \(name) is larger than \(bytesMax) bytes")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CommandFailure(.usage, "livy: \(name) is not UTF-8 text")
    }
    return text
  }
}
