// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import SchemaCompiler

/// Files of this repository, found from where this file stands.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Set to write golden files anew; then look at the difference.
  static let updatesGolden = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

  static func read(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: root.appending(path: path)))
  }

  static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: root.appending(path: path))
  }

  /// Names of a folder's files with a suffix, in order, without those in folders of it.
  static func files(in folder: String, suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      .filter { $0.hasSuffix(suffix) }.sorted()
  }

  /// Compiles files that are named from the root of the repository.
  static func compile(_ paths: [String]) throws -> Compilation {
    let sources = try paths.map { SourceFile(path: $0, bytes: try read($0)) }
    return Compiler(load: { try? read($0) }).compile(sources)
  }
}

extension Compilation {
  /// Compiles one file of text, `test.proto`.
  init(text: String, limits: CompilerLimits = .standard) {
    self = Compiler(limits: limits).compile([SourceFile(path: "test.proto", text: text)])
  }

  /// Messages of the errors, in order.
  var errors: [String] {
    diagnostics.sorted.filter { $0.severity == .error }.map(\.message)
  }
}
