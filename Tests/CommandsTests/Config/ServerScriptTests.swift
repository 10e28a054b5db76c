// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import LivyCommand

/// `bin/livy-server`, run by a real shell with the real program; no session is started.
@Suite("bin/livy-server")
struct ServerScriptTests {
  /// An installation of its own for each test: nothing of the machine's is touched.
  private final class Installation: Sendable {
    let folder = CommandFolder()
    private let extra: [String: String]

    init(_ extra: [String: String] = [:]) throws {
      self.extra = extra
      try folder.write(
        "livy.server.port = 0\nlivy.rsc.launcher.port.range = 20000~29999\n",
        to: "home/conf/livy.conf")
      try folder.write(
        "SPARK_HOME=\(folder.path("no-spark"))\nLIVY_LOG_DIR=\(folder.path("logs"))\n",
        to: "home/conf/livy-env.sh")
    }

    func run(_ words: String...) async throws -> (status: Int32, output: String) {
      let program =
        ProcessInfo.processInfo.environment["LIVY_TEST_SERVER"]
        ?? Repository.root.appending(path: ".build/debug/livy").path
      try #require(
        FileManager.default.isExecutableFile(atPath: program), "\(program): run swift build first")
      var environment = [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "LIVY_HOME": folder.path("home"),
        "LIVY_PROGRAM": program, "LIVY_PID_DIR": folder.path("pids"), "LIVY_IDENT_STRING": "test",
        "LIVY_STATE_DIR": folder.path("state"), "HOME": folder.path("nobody"),
        "LIVY_START_SECONDS": "60",
      ]
      environment.merge(extra) { $1 }
      let run = try await ProgramRun.of(
        Repository.root.appending(path: "bin/livy-server").path, words, environment: environment)
      return (run.status, run.output + run.errors)
    }

    /// Runs `body`, and leaves no server behind.
    func use(_ body: (Installation) async throws -> Void) async throws {
      do {
        try await body(self)
      } catch {
        _ = try await run("stop")
        throw error
      }
      _ = try await run("stop")
    }

    var process: String? {
      try? folder.text("pids/livy-test-server.pid").trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  @Test("A server is started, found, not started twice, and stopped", .timeLimit(.minutes(5)))
  func life() async throws {
    try await Installation().use { livy in
      #expect(try await livy.run("status").status == 3)
      let started = try await livy.run("start")
      #expect(started.status == 0, "\(started.output)")
      #expect(started.output.contains("livy server: listening on http://127.0.0.1:"))
      let process = try #require(livy.process)
      let status = try await livy.run("status")
      #expect(status.status == 0)
      #expect(status.output == "livy-server is running (pid: \(process))\n")
      let second = try await livy.run("start")
      #expect(second.status == 1)
      #expect(second.output.contains("runs already as process \(process)"))
      #expect(livy.process == process)
      let restarted = try await livy.run("restart")
      #expect(restarted.status == 0, "\(restarted.output)")
      #expect(livy.process != process)
      let stopped = try await livy.run("stop")
      #expect(stopped.status == 0)
      #expect(stopped.output == "stopping livy-server\n")
      #expect(livy.process == nil)
      #expect(try await livy.run("status").status == 3)
      #expect(try await livy.run("stop").output == "no livy-server to stop\n")
      // livy-env.sh said where logs go; the older run's is kept.
      #expect(
        try livy.folder.names(in: "logs").filter { $0.contains(".out") }
          == ["livy-test-server.out", "livy-test-server.out.1"])
    }
  }

  @Test("A server that cannot start is told with the end of its log, and leaves no pid file")
  func failure() async throws {
    let livy = try Installation(["LIVY_MAX_LOG_FILES": "2"])
    try livy.folder.write("livy.server.port = eighty\n", to: "home/conf/livy.conf")
    for _ in 0..<4 {
      let started = try await livy.run("start")
      #expect(started.status == 1)
      #expect(started.output.contains("livy.server.port is \"eighty\""), "\(started.output)")
      #expect(livy.process == nil)
    }
    #expect(
      try livy.folder.names(in: "logs") == [
        "livy-test-server.out", "livy-test-server.out.1", "livy-test-server.out.2",
      ])
  }

  @Test("A pid file of a process that is no server, or is none, is not believed")
  func stalePID() async throws {
    let livy = try Installation()
    for text in ["\(getpid())", "1", "999999999", "-1", "x; rm -rf /", ""] {
      try livy.folder.write(text, to: "pids/livy-test-server.pid")
      #expect(try await livy.run("status").status == 3)
      #expect(try await livy.run("stop").output == "no livy-server to stop\n")
    }
  }

  @Test("Wrong words are told how to be right")
  func usage() async throws {
    let livy = try Installation()
    let wrong = try await livy.run("sing")
    #expect(wrong.status == 2)
    #expect(wrong.output.hasPrefix("Usage: livy-server"))
    let odd = try await Installation(["LIVY_MAX_LOG_FILES": "many"]).run("start")
    #expect(odd.status == 1)
    #expect(odd.output.contains("LIVY_MAX_LOG_FILES"))
    let absent = try await Installation(["LIVY_LOG_DIR": "/x", "LIVY_PID_DIR": "/proc/x"])
      .run("start")
    #expect(absent.status == 1)
    #expect(absent.output.contains("LIVY_PID_DIR"))
  }

  @Test("Without a word, or with run, it runs in the foreground")
  func foreground() async throws {
    let livy = try Installation()
    try livy.folder.write("livy.server.port = eighty\n", to: "home/conf/livy.conf")
    for words in [[], ["run"]] {
      let run = words.isEmpty ? try await livy.run() : try await livy.run("run")
      #expect(run.status == 1)
      #expect(run.output.contains("livy.server.port is \"eighty\""))
    }
  }
}
