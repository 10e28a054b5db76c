// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Livy
import LivyAPI
import Testing

@testable import LivyCommand

@Suite("What the terminal shows")
struct TerminalTests {
  @Test("Columns are as wide as their cells, and no blank ends a line")
  func table() {
    var table = TextTable(["ID", "NAME"])
    table.rows = [["1", "short"], ["200", "a longer name"]]
    #expect(
      table.lines(width: nil) == ["ID   NAME", "1    short", "200  a longer name"])
  }

  @Test("A table fits its width: the widest column gives way", arguments: [16, 20, 30, 80])
  func narrow(width: Int) {
    var table = TextTable(["ID", "NAME", "STATE"])
    table.rows = [["1", String(repeating: "n", count: 110), "idle"]]
    let lines = table.lines(width: width)
    #expect(lines.allSatisfy { $0.count <= width }, "\(lines)")
    #expect(lines[1].contains("…"))
    #expect(lines[1].hasSuffix("idle"))
  }

  @Test("A table in no room at all ends")
  func noRoom() {
    var table = TextTable(["ID", "NAME"])
    table.rows = [["12345678", "12345678"]]
    #expect(table.lines(width: 0).count == 2)
    #expect(table.lines(width: -5).count == 2)
  }

  @Test("Rows that are shorter or longer than the titles do not trap")
  func raggedRows() {
    var table = TextTable(["A", "B"])
    table.rows = [[], ["1"], ["1", "2", "3"]]
    #expect(table.lines(width: nil) == ["A  B", "", "1", "1  2"])
  }

  @Test("Escapes of others do not reach the terminal")
  func safeText() {
    #expect(SafeText.line("a\u{1B}[31mb\nc\u{9B}d\u{202E}e") == "a [31mb c d e")
    #expect(SafeText.block("a\u{1B}]0;x\u{7}\n\tb\r\u{0}") == "a]0;x\n\tb")
    #expect(SafeText.line("café 😀") == "café 😀")
  }

  @Test("A SQL result is a table with its digits, other JSON is itself, text is text")
  func results() throws {
    let sql = try JSONText(
      checking: #"{"schema":{"type":"struct","fields":[{"name":"n"},{"name":"s"}]},"#
        + #""data":[[12345678901234567890.10,"x"],[null,{"a":[1]}]]}"#)
    let bundle = MIMEBundle(parts: [.init(type: "application/json", content: .json(sql))])
    #expect(
      ResultText.text(bundle, columns: nil)
        == "n                        s\n12345678901234567890.10  x\nNULL                     {\"a\":[1]}"
    )
    let other = MIMEBundle(parts: [
      .init(type: "application/json", content: .json(try JSONText(checking: "[1]")))
    ])
    #expect(ResultText.text(other, columns: nil) == "[1]")
    let empty = MIMEBundle(parts: [
      .init(
        type: "application/json",
        content: .json(try JSONText(checking: #"{"schema":{"fields":[]},"data":[]}"#)))
    ])
    #expect(ResultText.text(empty, columns: nil).isEmpty)
    let image = MIMEBundle(parts: [.init(type: "image/png", content: .text("abcd"))])
    #expect(ResultText.text(image, columns: nil) == "[image/png, 4 characters]")
  }

  @Test("An error shows its traceback once")
  func errors() {
    let python = StatementError(
      name: "NameError", value: "x", traceback: ["Traceback:\n", "NameError: x\n"])
    #expect(ResultText.text(python) == "Traceback:\nNameError: x\n")
    let scala = StatementError(name: "Error", value: "not found: x", traceback: ["x\n", "^\n"])
    #expect(ResultText.text(scala) == "x\n^\nError: not found: x")
    let frames = (1...7).map { "a.b\($0)" }
    let sql = StatementError(name: "Error", value: "no table", traceback: frames)
    #expect(
      ResultText.text(sql)
        == "Error: no table\n  at a.b1\n  at a.b2\n  at a.b3\n  at a.b4\n  at a.b5\n"
        + "  and 2 more lines")
    #expect(ResultText.text(StatementError(name: "Error", value: "v")) == "Error: v")
  }

  @Test(
    "Progress is drawn whatever a server says", arguments: [-1, 0, 0.5, 1, 7, .nan, .infinity])
  func bars(progress: Double) {
    #expect(ProgressLine.bar(progress).hasPrefix("["))
    #expect(ProgressLine.bar(progress).contains("%"))
  }

  @Test("Seconds are right-aligned and never below zero")
  func seconds() {
    #expect(ProgressLine.seconds(milliseconds: 3_250) == "  3.2")
    #expect(ProgressLine.seconds(milliseconds: -5) == "  0.0")
    #expect(ProgressLine.seconds(milliseconds: 1_234_500) == "1234.5")
    _ = ProgressLine.seconds(milliseconds: .min)
  }

  @Test("The list of sessions shows what a person asks first")
  func sessionTable() {
    var session = Session(id: 3, state: .idle, kind: "pyspark")
    session.name = "my\nname"
    let lines = SessionListCommand.table([session]).lines(width: nil)
    #expect(lines[0] == "ID  NAME     STATE  KIND     OWNER  APPLICATION")
    #expect(lines[1] == "3   my name  idle   pyspark  -      -")
  }

  @Test("A session is shown with its reason, conf and start; what is unset is left out")
  func sessionShown() {
    var session = Session(id: 3, state: .error, kind: "sql")
    session.conf = ["spark.b": "2", "spark.a": "1"]
    var phases = SessionPhases(id: 3, state: .error, created: 1_000)
    phases.reason = "why"
    phases.phases = [.init(name: "submitting", at: 1_500)]
    #expect(
      SessionShowCommand.lines(session, phases, now: 0) == [
        "id               3", "state            error", "reason           why",
        "kind             sql", "conf             spark.a=1", "conf             spark.b=2",
        "start              0.5 s  submitting",
      ])
  }

  @Test("A session is shown with the ends that await it, soonest first")
  func sessionExpiry() {
    let session = Session(id: 3, state: .idle, kind: "sql")
    var phases = SessionPhases(id: 3, state: .idle, created: 0)
    phases.expiries = [
      .init(cause: "heartbeat", at: 1_000), .init(cause: "idle", at: 58 * 60_000 + 1_000),
      .init(cause: "ttl", at: 8 * 3_600_000 - 1), .init(cause: "new", at: 50 * 3_600_000),
    ]
    let lines = SessionShowCommand.lines(session, phases, now: 1_000)
    #expect(
      lines.suffix(4) == [
        "ends             any moment if its client does not ask for it (heartbeat)",
        "ends             in 58 min if nobody uses it",
        "ends             in 7 h 59 min in any case (ttl)", "ends             in 2 d 1 h (new)",
      ])
  }

  @Test("No time that a server sends is too far away or too long ago to be shown")
  func expiryExtremes() {
    for at in [Int64.min, -1, 0, 1, .max] {
      for now in [Int64.min, 0, .max] {
        #expect(!ExpiryText.words(.init(cause: "idle", at: at), now: now).isEmpty)
      }
    }
    #expect(ExpiryText.span(59_999) == "in 59 s")
    #expect(ExpiryText.span(60_000) == "in 1 min")
  }
}

@Suite("Outcomes of commands")
struct OutcomeTests {
  @Test(
    "Every error of the client has a status that scripts can use",
    arguments: [
      (ClientError.Code.badURL, CommandStatus.usage), (.unreachable, .unreachable),
      (.timedOut, .unreachable), (.sessionFailed, .sessionFailed), (.cancelled, .interrupted),
      (.refused, .failed), (.badAnswer, .failed),
    ])
  func statuses(code: ClientError.Code, status: CommandStatus) {
    let failure = CommandFailure(ClientError(code, "words\u{1B}[1m", log: ["last\u{1B} line"]))
    #expect(failure.status == status)
    #expect(failure.text.contains("words[1m"))
    #expect(failure.text.contains("last  line"))
  }

  @Test("The statuses are documented in the help that every command shows")
  func help() {
    for status in CommandStatus.allCases {
      #expect(CommandStatus.help.contains("\(status.rawValue) "))
    }
  }

  @Test(
    "A word that names no file is code, unless it looks like a file",
    arguments: [
      ("1+1", false), ("report.sql", true), ("a/b.py", true), ("spark.version", false),
      ("df.show()", false), ("x.r", true), ("SELECT 1", false),
    ])
  func files(text: String, isFile: Bool) {
    #expect(CodeSource.looksLikeFile(text) == isFile)
    if isFile {
      #expect(throws: CommandFailure.self) { try CodeSource.read(text) }
    }
  }

  @Test("A file's name says what it is written in")
  func kinds() throws {
    #expect(CodeSource.kind(ofFile: "a.b.PY") == "pyspark")
    #expect(CodeSource.kind(ofFile: "x.R") == "sparkr")
    #expect(CodeSource.kind(ofFile: "Makefile") == nil)
  }

  @Test("Wrong usage is found before anything is started")
  func usage() {
    for arguments in [
      ["run"], ["run", "1", "--conf", "x"], ["run", "1", "--conf", "=x"],
      ["run", "1", "--session", "3", "--name", "n"], ["run", "1", "--start-timeout", "0"],
      ["session", "show"], ["session", "rm"], ["session", "log", "1", "-n", "-2"], ["nonsense"],
    ] {
      #expect(throws: (any Error).self) { try LivyCommand.parseAsRoot(arguments) }
    }
    #expect(throws: Never.self) {
      try LivyCommand.parseAsRoot(["run", "1", "--conf", "a=b=c", "--kind", "sql", "--json"])
    }
  }
}
