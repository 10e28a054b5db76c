// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Testing

@testable internal import LivyDriver

/// Lines of Scala code that are magics, without a REPL.
struct ScalaMagicTests {
  @Test(
    "A line of its own that begins with % and a word is a magic, in any other place % is Scala's",
    arguments: [
      ("%json x", [.json(value: "x")]),
      ("val x = 1\n%json x\n%table  y // it \nx", [.json(value: "x"), .table(value: "y // it")]),
      (
        "%foo\n%\n% \t\n%jsonx y",
        [
          .unknown(name: "foo"), .bare, .bare, .unknown(name: "jsonx"),
        ]
      ),
      ("\n%json", [.json(value: "")]),
      ("val x = 7\n% 2", []),
      ("val x = 7\n%= 2", []),
      ("x\n %json y", []),
      ("val s = \"\"\"\n%json x\n\"\"\"", []),
      ("{\n%json x\n}", []),
      ("/*\n%json x\n*/ 1", []),
      ("1 %json 2", []),
    ] as [(String, [ScalaMagic])])
  func places(code: String, magics: [ScalaMagic]) {
    let pieces = ScalaPieces(code)
    #expect((0..<pieces.count).compactMap { pieces.magic(at: $0) } == magics)
  }

  @Test("A magic is cut from what stands before and behind it, also where that goes on")
  func cuts() {
    let code = "val x = Seq(1)\n%json x\n.map(_ + 1)\nclass A\n%table x\nobject A"
    #expect(
      ScalaPieces(code).texts == [
        "val x = Seq(1)", "%json x", ".map(_ + 1)", "class A", "%table x", "object A",
      ])
    #expect(ScalaPieces("%json x").magic(at: 1) == nil)
    #expect(ScalaPieces("%json x").magic(at: -1) == nil)
  }

  @Test("Magics that do not exist are errors with Livy's words")
  func unknown() {
    let unknown = #expect(throws: StatementFailure.self) {
      try ScalaMagic.unknown(name: "foo").question()
    }
    #expect(
      unknown == StatementFailure(name: "UnknownMagic", value: "unknown magic command 'foo'"))
    let bare = #expect(throws: StatementFailure.self) { try ScalaMagic.bare.question() }
    #expect(bare == StatementFailure(name: "UnknownMagic", value: "magic command not specified"))
  }

  @Test("The REPL is asked for a value on a line of its own; what it leaves is JSON or an error")
  func answers() throws {
    var limits = ScalaLimits()
    limits.magicRowsMax = 5
    limits.magicUnitsMax = 70
    let question = try ScalaMagic.table(value: "x // y").question()
    #expect(question.code(limits: limits) == "livyMagics.table(5, 70,\nx // y\n)")
    #expect(
      try question.part(of: "=[1]")
        == OutputPart(mimeType: "application/vnd.livy.table.v1+json", content: .json("[1]")))
    let refused = #expect(throws: StatementFailure.self) {
      try question.part(of: "!TypeError\ntwo\nlines")
    }
    #expect(refused == StatementFailure(name: "TypeError", value: "two\nlines"))
    for answer in ["", "!", "?", "[1]"] {
      #expect(throws: StatementFailure.self) { try question.part(of: answer) }
    }
  }

  @Test("Only a name that the compiler does not find is a missing value")
  func missing() throws {
    let question = try ScalaMagic.json(value: "x").question()
    func failure(_ value: String) -> StatementFailure {
      StatementFailure(name: "Error", value: value)
    }
    #expect(question.isMissing(failure("<console>:24: error: not found: value x")))
    #expect(!question.isMissing(failure("<console>:24: error: not found: value xx")))
    #expect(!question.isMissing(failure("java.lang.RuntimeException: boom")))
    #expect(
      question.missing == StatementFailure(name: "NameError", value: "Value x does not exist"))
    #expect(try ScalaMagic.json(value: "").question().isMissing(failure("anything")))
  }

  @Test("A magic takes the place of values, not of prints; values behind it take its place")
  func report() {
    let part = OutputPart(mimeType: "application/json", content: .json("[1]"))
    func shown(_ text: String) -> ScalaREPL.Shown { ScalaREPL.Shown(text: text, isCut: false) }
    var report = ScalaReport(limits: ScalaLimits())
    report.add(said: shown("x: Int = 1\n"))
    report.add(part)
    #expect(report.output == .success([part]))
    report.add(printed: shown("on paper\n"))
    #expect(report.output == .success([part, .plain("on paper\n")]))
    report.add(said: shown("y: Int = 2\n"))
    #expect(report.output == .success([.plain("on paper\ny: Int = 2\n")]))
    report.add(part)
    #expect(report.output == .success([part, .plain("on paper\n")]))
  }
}
