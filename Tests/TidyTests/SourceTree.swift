// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The package's files, as text. Found from this file's own place, so that tests need no working
/// folder.
enum SourceTree {
  struct File: Sendable, CustomStringConvertible {
    /// From the package's root, for example `Sources/Wire/Runtime/Call/Method.swift`.
    var path: String
    var text: String
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var description: String { path }
  }

  static let root: URL = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let swiftFiles: [File] = ["Sources", "schema", "Tests", "Benchmarks", "Examples"]
    .flatMap { files(under: $0, suffix: ".swift") }

  /// Without what the schema compiler writes.
  static let handWritten = swiftFiles.filter { file in
    ![".wire.swift", ".json.swift"].contains { file.path.hasSuffix($0) }
  }
  static let productFiles = handWritten.filter {
    $0.path.hasPrefix("Sources/") || $0.path.hasPrefix("schema/")
  }

  static func text(of path: String) -> String? {
    try? String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  static func files(under folder: String, suffix: String) -> [File] {
    let start = root.appending(path: folder)
    guard let walk = FileManager.default.enumerator(atPath: start.path) else { return [] }
    var found: [File] = []
    for case let name as String in walk where name.hasSuffix(suffix) {
      let path = "\(folder)/\(name)"
      if let text = text(of: path) { found.append(File(path: path, text: text)) }
    }
    return found.sorted { $0.path < $1.path }
  }
}
