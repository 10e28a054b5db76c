// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import LivyCore
import RESTTestSupport
import TestSupport
import Testing

@testable import LivyCommand

/// What goes wrong for `livy shell`, as a process at a pseudo terminal: it gives the terminal back as
/// it was, and says why.
@Suite("The shell in trouble", .timeLimit(.minutes(2)))
struct ShellTroubleTests {
  @Test(
    "Signals end the shell and its session, at the prompt and within a statement",
    arguments: [SIGTERM, SIGHUP])
  func signals(signal: Int32) async throws {
    try await ShellStage.run { stage in
      for isRunning in [false, true] {
        let shell = try stage.shell(["--no-history"])
        try await shell.expect("python> ")
        if isRunning {
          await shell.press("hold\r")
          try await shell.expect("] 25%")
        }
        #expect(!shell.isUsual)
        kill(shell.pid, signal)
        #expect(try await shell.end() == .exit(130))
        #expect(shell.isUsual)
        #expect(shell.output.contains("\u{1B}[?2004l"))
        #expect(try await stage.sessions == 0)
      }
    }
  }

  @Test("A terminal that goes away ends the shell and its session")
  func hangUp() async throws {
    try await ShellStage.run { stage in
      do {
        let shell = try stage.shell(["--no-history"])
        try await shell.expect("python> ")
        shell.hangUp()
        let end = try await shell.end()
        #expect(end == .exit(130))
      }
      #expect(try await stage.sessions == 0)
    }
  }

  @Test("Ctrl-Z stops it with the terminal as it was; it goes on where it stood")
  func stopped() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell(["--no-history"])
      try await shell.expect("python> ")
      await shell.press("one")
      try await shell.expect("one")
      await shell.press("\u{1A}")
      #expect(await TestSupport.eventually { shell.isStopped })
      #expect(shell.isUsual)
      kill(shell.pid, SIGCONT)
      try await shell.expect("python> \u{1B}[0mone")
      #expect(!shell.isUsual)
      await shell.press(" two\r")
      try await shell.expect("ran one two")
      try await shell.expect("python> ")
      // While a statement runs, and by somebody else.
      await shell.press("hold\r")
      try await shell.expect("] 25%")
      kill(shell.pid, SIGTSTP)
      #expect(await TestSupport.eventually { shell.isStopped })
      #expect(shell.isUsual)
      kill(shell.pid, SIGCONT)
      #expect(await TestSupport.eventually { !shell.isUsual })
      await shell.press("\u{3}")
      try await shell.expect("was cancelled")
      try await shell.expect("python> ")
      await shell.press("\u{4}")
      #expect(try await shell.end() == .exit(0))
    }
  }

  @Test("A terminal of 20 columns, and one that changes its size")
  func sizes() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell(["--no-history"], columns: 20, rows: 6)
      try await shell.expect("python> ")
      await shell.press("0123456789abcdef")
      try await shell.expect("bcdef")
      #expect(shell.screen(columns: 20, rows: 60).suffix(2) == ["python> 0123456789a", "bcdef"])
      shell.resize(columns: 60, rows: 6)
      try await shell.expect("0123456789abcdef")
      await shell.press("\r")
      try await shell.expect("ran 0123456789abcdef")
      try await shell.expect("python> ")
      shell.resize(columns: 1, rows: 1)
      await shell.press("x\r")
      try await shell.expect("ran x")
      await shell.press("\u{4}")
      #expect(try await shell.end() == .exit(0))
    }
  }

  @Test("A paste that is too large is refused in one line, and nothing is lost of what follows")
  func largePaste() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell(["--no-history"])
      try await shell.expect("python> ")
      let large = String(repeating: "0123456789abcde\r", count: 3 << 16)
      await shell.press("\u{1B}[200~\(large)\u{1B}[201~")
      try await shell.expect("at most 1048576 bytes")
      await shell.press("fine\r")
      try await shell.expect("ran fine")
      let words = shell.output.components(separatedBy: "at most 1048576 bytes")
      #expect(words.count == 2)
      await shell.press("\u{4}")
      #expect(try await shell.end() == .exit(0))
    }
  }

  @Test("A server that is not there, and a wrong word, are told with their own status")
  func unreachable() async throws {
    try await ShellStage.run { stage in
      let away = try stage.shell(environment: ["LIVY_URL": "http://127.0.0.1:1"])
      #expect(try await away.end() == .exit(3))
      #expect(away.output.contains("Is the server running?"))
      #expect(away.isUsual)
      for words in [
        ["--kind", "cobol"], ["3", "--keep"], ["--images", "show"], ["--rows", "-1"],
      ] {
        let wrong = try stage.shell(words)
        #expect(try await wrong.end() == .exit(2), "\(words)")
      }
      #expect(try await stage.sessions == 0)
    }
  }

  @Test("A session that somebody else ends takes its shell along, and says so")
  func gone() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell(["--no-history"])
      try await shell.expect("python> ")
      await shell.press("half a wo")
      try await shell.expect("wo")
      try await stage.livy.deleteSession(0)
      #expect(try await shell.end() == .exit(4))
      // It may be listed still, while what is left of it goes.
      #expect(
        shell.output.contains("session 0 is gone: somebody ended it")
          || shell.output.contains("Session 0 has ended: The session was ended on request."))
      #expect(shell.isUsual)
    }
  }

  @Test("Ctrl-C while the session starts ends it")
  func interruptedStart() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    try await ShellStage.run(spark) { stage in
      let shell = try stage.shell()
      try await shell.expect("starting Spark")
      await shell.press("\u{3}")
      #expect(try await shell.end() == .exit(130))
      #expect(shell.isUsual)
      #expect(try await stage.sessions == 0)
    }
  }

  @Test("A session that cannot start says why")
  func failedStart() async throws {
    var spark = ScriptedSpark()
    spark.failure = LivyError(.launchFailed, "no room on the cluster")
    try await ShellStage.run(spark) { stage in
      let shell = try stage.shell()
      #expect(try await shell.end() == .exit(4))
      #expect(shell.output.contains("no room on the cluster"), "\(shell.output)")
      #expect(shell.isUsual)
    }
  }

  @Test(
    "Without a terminal: statements are read, the first that fails ends it, and so does the end")
  func piped() async throws {
    try await ShellStage.run { stage in
      let fine = try await stage.piped("one\n\nif x:\n    y\n\n%kind sql\nSELECT\n 1;\nlast")
      #expect(fine.status == 0)
      #expect(fine.output == "ran one\nran if x:\n    y\nran SELECT\n 1;\nran last\n")
      #expect(fine.errors.contains("starting Spark"))
      let failed = try await stage.piped("one\nraise\ntwo\n")
      #expect(failed.status == 1)
      #expect(failed.output == "ran one\n")
      #expect(failed.errors.contains("NameError"))
      #expect(!(failed.output + failed.errors).contains("\u{1B}"))
      let empty = try await stage.piped("")
      #expect(empty.status == 0 && empty.output.isEmpty)
      let wrong = try await stage.piped("%kind cobol\n")
      #expect(wrong.status == 2)
      #expect(try await stage.sessions == 0)
      let plain = try stage.shell(["--no-history"], environment: ["TERM": "dumb"])
      try await plain.expect("python> ")
      await plain.press("one\n")
      try await plain.expect("ran one")
      await plain.press("\u{4}")
      #expect(try await plain.end() == .exit(0))
    }
  }

  @Test("NO_COLOR leaves colours out, of errors and of output")
  func noColours() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell(["--no-history"], environment: ["NO_COLOR": "1"])
      try await shell.expect("python> ")
      await shell.press("raise\r")
      try await shell.expect("NameError: x")
      await shell.press("\u{4}")
      #expect(try await shell.end() == .exit(0))
      #expect(!shell.output.replacing("\u{1B}[0m", with: "").contains(/\u{1B}\[[0-9;]+m/))
    }
  }
}
