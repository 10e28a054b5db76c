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

  /// `livy shell` that reads a text.
  func piped(_ text: String, _ arguments: [String] = []) async throws -> ProgramRun {
    try await ProgramRun.of(
      PseudoTerminal.program("livy"), ["shell"] + arguments, environment: environment, input: text)
  }

  var sessions: Int {
    get async throws { try await livy.sessions().total }
  }
}
