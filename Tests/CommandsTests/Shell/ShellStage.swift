// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import RESTTestSupport
import TestSupport

/// A real server over a scripted Spark, and shells that talk to it.
struct ShellStage: Sendable {
  let url: String
  let livy: LivyClient
  /// A folder that is the user's home.
  let home: String

  static func run(
    _ spark: ScriptedSpark = ScriptedSpark(),
    _ body: @escaping @Sendable (ShellStage) async throws -> Void
  ) async throws {
    let home = "/tmp/livy-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: home) }
    let server = ServerUnderTest(spark: spark)
    do {
      try await server.listening { url in
        try await body(ShellStage(url: url, livy: LivyClient(url), home: home))
      }
    } catch {
      await server.shutDown()
      throw error
    }
    await server.shutDown()
  }

  private var environment: [String: String] {
    ["LIVY_URL": url, "HOME": home, "TERM": "xterm", "PATH": "/usr/bin:/bin"]
  }

  /// `livy shell` at a terminal.
  func shell(
    _ arguments: [String] = [], environment: [String: String] = [:], columns: UInt16 = 80,
    rows: UInt16 = 24
  ) throws -> PseudoTerminal {
    try PseudoTerminal(
      [PseudoTerminal.program("livy"), "shell"] + arguments,
      environment: self.environment.merging(environment) { $1 }, columns: columns, rows: rows)
  }

  /// What `livy shell` came to without a terminal.
  struct Ended {
    var status: Int32
    var output: String
    var errors: String
  }

  /// `livy shell` that reads a text.
  func piped(_ text: String, _ arguments: [String] = []) async throws -> Ended {
    let process = Process()
    process.executableURL = URL(filePath: PseudoTerminal.program("livy"))
    process.arguments = ["shell"] + arguments
    process.environment = environment
    let files = ["in", "out", "err"].map { "\(home)/\(UUID().uuidString).\($0)" }
    try Data(text.utf8).write(to: URL(filePath: files[0]))
    for file in files.dropFirst() { try Data().write(to: URL(filePath: file)) }
    process.standardInput = FileHandle(forReadingAtPath: files[0])
    process.standardOutput = FileHandle(forWritingAtPath: files[1])
    process.standardError = FileHandle(forWritingAtPath: files[2])
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return Ended(
      status: status, output: try String(contentsOfFile: files[1], encoding: .utf8),
      errors: try String(contentsOfFile: files[2], encoding: .utf8))
  }

  var sessions: Int {
    get async throws { try await livy.sessions().total }
  }
}
