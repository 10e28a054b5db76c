// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Testing

/// The program itself, with files of a folder of its own.
struct CommandTests: ~Copyable {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "schemac-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func write(_ text: String, _ name: String) throws {
    try text.write(toFile: path(name), atomically: false, encoding: .utf8)
  }

  /// Runs `schemac`, which is built beside the tests.
  private func run(_ words: String...) throws -> (status: Int32, said: String) {
    let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "schemac")
    let process = Process()
    let pipe = Pipe()
    process.executableURL = program
    process.arguments = words
    process.standardError = pipe
    try process.run()
    let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }

  private static let loose = "syntax = \"proto3\";\nmessage M { int32 a = 1; }\n"

  @Test("A file that is written keeps its mode, and a link to it stays one")
  func mode() throws {
    try write(Self.loose, "a.proto")
    let files = FileManager.default
    try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path("a.proto"))
    try files.createSymbolicLink(atPath: path("b.proto"), withDestinationPath: "a.proto")
    let result = try run("format", path("b.proto"))
    #expect(result.status == 0 && result.said == "")
    let text = try String(contentsOfFile: path("a.proto"), encoding: .utf8)
    #expect(text.contains("message M {\n  int32 a = 1;\n}\n"))
    let attributes = try files.attributesOfItem(atPath: path("a.proto"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try files.destinationOfSymbolicLink(atPath: path("b.proto")) == "a.proto")
    #expect(try files.contentsOfDirectory(atPath: folder.path).sorted() == ["a.proto", "b.proto"])
  }

  @Test("What cannot be replaced leaves no draft")
  func failure() throws {
    try write(Self.loose, "a.proto")
    try FileManager.default.createDirectory(
      atPath: path("out/A.wire.swift"), withIntermediateDirectories: true)
    let result = try run("generate", "--out", path("out"), path("a.proto"))
    #expect(result.status == 1)
    #expect(result.said == "schemac: \(path("out/A.wire.swift")) is no regular file\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("out")) == ["A.wire.swift"])
  }

  @Test("A pipe and a folder are refused, also as imports", .timeLimit(.minutes(1)))
  func irregular() throws {
    #expect(mkfifo(path("pipe.proto"), 0o600) == 0)
    try FileManager.default.createDirectory(
      atPath: path("folder.proto"), withIntermediateDirectories: true)
    for name in ["pipe.proto", "folder.proto"] {
      let direct = try run("check", path(name))
      #expect(direct.status == 1)
      #expect(direct.said == "schemac: \(path(name)) is no regular file\n")
      try write("syntax = \"proto3\";\nimport \"\(name)\";\n", "main.proto")
      let imported = try run("check", path("main.proto"))
      #expect(imported.status == 1)
      #expect(imported.said.contains("error: \(path(name)) is no regular file\n"))
    }
  }

  @Test("A file that is missing is told with its path")
  func missing() throws {
    let result = try run("check", path("none.proto"))
    #expect(result.status == 1)
    #expect(
      result.said == "schemac: cannot open \(path("none.proto")): No such file or directory\n")
  }
}
