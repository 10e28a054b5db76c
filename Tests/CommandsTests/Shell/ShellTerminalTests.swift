// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import TestSupport
import Testing

@testable import LivyCommand

/// `livy shell` as a process at a pseudo terminal, with a real server over a scripted Spark.
@Suite("The shell at a terminal", .timeLimit(.minutes(2)))
struct ShellTerminalTests {
  @Test("A session of its own, statements, an error, and the end of both")
  func whole() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell()
      try await shell.expect("ready: SparkSession and interpreter work")
      try await shell.expect("python> ")
      #expect(!shell.isUsual)
      await shell.press("one\r")
      try await shell.expect("ran one\r\n")
      await shell.press("raise\r")
      try await shell.expect("\u{1B}[31mTraceback (most recent call last):\r\nNameError: x")
      try await shell.expect("python> ")
      #expect(try await stage.sessions == 1)
      await shell.press("\u{4}")
      try await shell.expect("ending session 0")
      #expect(try await shell.end() == .exit(0))
      #expect(shell.isUsual)
      #expect(shell.output.hasSuffix("\r\n"))
      #expect(try await stage.sessions == 0)
    }
  }

  @Test("An existing session stays, is found by its name, and gives its language")
  func existing() async throws {
    try await ShellStage.run { stage in
      var request = CreateSession(kind: "sql")
      request.name = "mine"
      let session = try await stage.livy.createSession(request)
      _ = try await stage.livy.waitUntilReady(.id(session.id))
      let shell = try stage.shell(["mine"])
      try await shell.expect("sql> ")
      await shell.press("SELECT\r2;\r")
      try await shell.expect("ran SELECT\r\n2;")
      await shell.press("%kind r\r")
      try await shell.expect("r> ")
      await shell.press("%kind cobol\r")
      try await shell.expect("there are python, scala, sql, r")
      await shell.press("%sessions\r")
      try await shell.expect("mine  ")
      await shell.press("%help\r")
      try await shell.expect("%load FILE")
      await shell.press("%quit\r")
      try await shell.expect("session 0 stays")
      #expect(try await shell.end() == .exit(0))
      let kinds = try await stage.livy.statements(of: "mine").statements.count
      #expect(kinds == 1)
      #expect(try await stage.sessions == 1)
      for word in ["no-such-session", "17"] {
        let other = try stage.shell([word])
        #expect(try await other.end() == .exit(1))
        #expect(other.isUsual)
        #expect(other.output.contains("not found"), "\(other.output)")
      }
    }
  }

  @Test("--keep leaves the new session")
  func keep() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell(["--keep", "--name", "kept", "--kind", "scala"])
      try await shell.expect("scala> ")
      await shell.press("\u{4}")
      try await shell.expect("livy shell 0 comes back")
      #expect(try await shell.end() == .exit(0))
      #expect(try await stage.livy.session("kept").kind == "spark")
    }
  }

  @Test("Ctrl-C cancels the statement, the bar vanishes, and what is printed is seen at once")
  func cancel() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell()
      try await shell.expect("python> ")
      await shell.press("print he\u{1B}[31mllo\r")
      try await shell.expect("\nhello")
      await shell.press("\u{3}")
      try await shell.expect("statement 0 was cancelled")
      try await shell.expect("python> ")
      await shell.press("hold\r")
      try await shell.expect("] 25%")
      // What is typed meanwhile is for the next prompt.
      await shell.press("next")
      await shell.press("\u{3}next\r")
      try await shell.expect("statement 1 was cancelled")
      try await shell.expect("ran next")
      try await shell.expect("python> ")
      #expect(!shell.screen().joined(separator: "\n").contains("25%"))
      // At the prompt it clears the text.
      await shell.press("gone\u{3}kept\r")
      try await shell.expect("^C")
      try await shell.expect("ran kept")
      try await shell.expect("python> ")
      await shell.press("hold\r")
      try await shell.expect("] 25%")
      await shell.press("\u{1C}")
      try await shell.expect("ending session 0")
      #expect(try await shell.end() == .exit(0))
      #expect(shell.isUsual)
    }
  }

  @Test("The history is kept for the next shell, in a file of its user's; --no-history keeps none")
  func history() async throws {
    try await ShellStage.run { stage in
      let file = stage.home + "/.local/state/livy/history"
      for isFirst in [true, false] {
        let shell = try stage.shell()
        try await shell.expect("python> ")
        if isFirst {
          await shell.press("first\r")
          try await shell.expect("ran first")
          // Up
          await shell.press("\u{1B}[A\r")
        } else {
          for keys in ["if x:", "\r", "second", "\r"] {
            await shell.press(keys)
            try await shell.expect(keys == "\r" ? "...> " : keys)
          }
          await shell.press("\r")
          try await shell.expect("ran if x:\r\n    second\r\n")
          try await shell.expect("python> ")
          // Ctrl-R
          await shell.press("\u{12}fir\r")
        }
        try await shell.expect("ran first")
        try await shell.expect("python> ")
        await shell.press("\u{4}")
        #expect(try await shell.end() == .exit(0))
      }
      let kept = try String(contentsOfFile: file, encoding: .utf8)
      #expect(kept == "first\nif x:\\n    second\nfirst\n")
      let attributes = try FileManager.default.attributesOfItem(atPath: file)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let shell = try stage.shell(["--no-history"])
      try await shell.expect("python> ")
      await shell.press("\u{1B}[Ahidden\r")
      try await shell.expect("ran hidden")
      await shell.press("\u{4}")
      _ = try await shell.end()
      #expect(try String(contentsOfFile: file, encoding: .utf8) == kept)
    }
  }

  @Test(
    "Tab fills in what the server says; a paste of lines is one statement; wide characters count two"
  )
  func editing() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell(["--no-history"])
      try await shell.expect("python> ")
      await shell.press("pys\t\r")
      try await shell.expect("ran pyspark:pys")
      try await shell.expect("python> ")
      await shell.press("\u{1B}[200~a = 1\r\rb = 2\u{1B}[201~")
      try await shell.expect("b = 2")
      await shell.press("\r")
      try await shell.expect("ran a = 1\r\n\r\nb = 2")
      try await shell.expect("python> ")
      await shell.press("漢字é\u{1B}[D\u{1B}[Dx\u{1}")
      try await shell.expect("漢x字é")
      #expect(shell.screen().last == "python> 漢x字é")
      await shell.press("\u{5}\r")
      try await shell.expect("ran 漢x字é")
      await shell.press("\u{4}")
      #expect(try await shell.end() == .exit(0))
    }
  }

  @Test("Tables are drawn, images are saved or shown, and nothing of them drives the terminal")
  func results() async throws {
    try await ShellStage.run { stage in
      let png = "iVBORw0KGgoAAAANSUhEUg=="
      let folder = stage.home + "/images"
      let shell = try stage.shell(["--images-to", folder])
      try await shell.expect("python> ")
      let table =
        #"{"schema":{"fields":[{"name":"n","type":"bigint"}]},"data":[[1],["\u001b[2J"]]}"#
      await shell.press("json \(table)\r")
      try await shell.expect("┌")
      try await shell.expect("2 rows")
      await shell.press("form image/png \(png)\r")
      try await shell.expect("image saved: \(folder)/session-0-statement-1.png")
      await shell.press("form text/plain \u{1B}[200~a\u{1B}[201~\r")
      try await shell.expect("\na\r\n")
      await shell.press("form image/png nonsense\r")
      try await shell.expect("an image that is no PNG was left out")
      await shell.press("\u{4}")
      _ = try await shell.end()
      #expect(FileManager.default.fileExists(atPath: folder + "/session-0-statement-1.png"))
      #expect(!shell.output.contains("\u{1B}[2J"))
      let kitty = try stage.shell(["--images-to", folder], environment: ["TERM": "xterm-kitty"])
      try await kitty.expect("python> ")
      await kitty.press("form image/png \(png)\r")
      try await kitty.expect("\u{1B}_Ga=T,f=100,q=2,m=0;\(png)\u{1B}\\")
      await kitty.press("\u{4}")
      _ = try await kitty.end()
    }
  }

  @Test("Scala that the server finds to go on asks for a line; an empty one asks for the error")
  func incomplete() async throws {
    try await ShellStage.run { stage in
      let shell = try stage.shell(["--kind", "scala", "--no-history"])
      try await shell.expect("scala> ")
      await shell.press("incomplete\r")
      try await shell.expect("incomplete\u{1B}[K\r\n\u{1B}[1m  ...> ")
      await shell.press("more\r")
      try await shell.expect("ran incomplete\r\nmore")
      try await shell.expect("scala> ")
      await shell.press("incomplete\r")
      try await shell.expect("\u{1B}[1m  ...> ")
      await shell.press("\r")
      try await shell.expect("Error: incomplete statement")
      await shell.press("\u{4}")
      #expect(try await shell.end() == .exit(0))
    }
  }
}
