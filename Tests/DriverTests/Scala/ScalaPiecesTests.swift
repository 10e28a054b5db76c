// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Testing

@testable internal import LivyDriver

/// Where Scala code is cut into the pieces that the REPL is given.
struct ScalaPiecesTests {
  @Test(
    "Each line is a piece of its own, unless Scala goes on behind its end",
    arguments: [
      ("", []),
      (" \n// nothing\n/* at\n /* all */ */ \n", []),
      ("1+1", ["1+1"]),
      ("val x = 1\r\nval y = 2\n", ["val x = 1", "val y = 2"]),
      ("a // one\n\n/* two */ b /* three */", ["a", "b"]),
      (
        "df\n  .filter(x)\n\n  // then\n  .count()\nnext",
        [
          "df\n  .filter(x)\n\n  // then\n  .count()", "next",
        ]
      ),
      ("val half = 1\n.5", ["val half = 1", ".5"]),
      (
        "if (a) b\nelse c\ntry d\ncatch { case e => f }\nfinally g",
        [
          "if (a) b\nelse c", "try d\ncatch { case e => f }\nfinally g",
        ]
      ),
      ("elsewhere\nwithin", ["elsewhere", "within"]),
      (
        "def f(\n  a: Int,\n\n  b: Int\n): Int = {\n  a\n\n  b\n}\nf(1, 2)",
        [
          "def f(\n  a: Int,\n\n  b: Int\n): Int = {\n  a\n\n  b\n}", "f(1, 2)",
        ]
      ),
      (
        "class A\n  extends B\n  with C\nclass D\n{\n}\nclass E\n\n{ 1 }",
        [
          "class A\n  extends B\n  with C", "class D\n{\n}", "class E", "{ 1 }",
        ]
      ),
      ("val x = 1\n{ 2 }", ["val x = 1", "{ 2 }"]),
      ("val x\n  : Int\n  = 1\nval y = 2", ["val x\n  : Int\n  = 1", "val y = 2"]),
      ("val a = 1; val b = 2", ["val a = 1; val b = 2"]),
      (";;a\n;b", ["a\n;b"]),
      ("1 }\n2", ["1 }", "2"]),
      ("1 +\n// and\n2\n3 +\n\n4", ["1 +\n// and\n2", "3 +", "4"]),
      ("df.\n\n  count()\nnext", ["df.\n\n  count()", "next"]),
      ("import a.b._\nimport c", ["import a.b._", "import c"]),
    ] as [(String, [String])])
  func lines(code: String, pieces: [String]) {
    #expect(ScalaPieces(code).texts == pieces)
  }

  @Test(
    "A class is cut from its use on the same line, and kept with its companion",
    arguments: [
      ("case class P(a: Int); Seq(P(1)).toDS", ["case class P(a: Int)", "Seq(P(1)).toDS"]),
      ("class A { def f = 1; def g = 2 }; new A", ["class A { def f = 1; def g = 2 }", "new A"]),
      (
        "class A\nobject A { val x = 1 }\nobject B",
        ["class A\nobject A { val x = 1 }", "object B"]
      ),
      ("object A\n\n// and\nsealed trait A; 1", ["object A\n\n// and\nsealed trait A", "1"]),
      ("case object A\nclass B", ["case object A", "class B"]),
    ] as [(String, [String])])
  func definitions(code: String, pieces: [String]) {
    #expect(ScalaPieces(code).texts == pieces)
  }

  @Test(
    "Brackets, quotes and comment marks inside of texts and comments mean nothing",
    arguments: [
      #"val a = "{"# + "\"", #"val a = "\"{""#, #"val a = "\\""#, "val a = ''", "val a = '{'",
      #"val a = '\''"#, #"val a = '"'"#, #"val a = '\u0041'"#, "val a = 'symbol", "val a = '世'",
      "val `a\"{` = 1", "val a = \"\"", "val a = \"\"\"{\n\"\n\"\"\"\"", "val a = \"// no\"",
      "f(a, // ) }\n b)", "f(/* \" ( */ a)", #"s"a ${b("}")} $c $$""#,
      "s\"\"\"a ${\n b\n} {\n\"\"\"", #"s"${s"${s"${1}"}"}""#, "val a = \"unfinished {",
      "<p>don't</p>.text", "a /: b", "a //: b",
    ])
  func nesting(code: String) {
    #expect(ScalaPieces(code + "\nnext").texts.last == "next", "\(ScalaPieces(code).texts)")
    #expect(ScalaPieces(code + "\nnext").count == 2)
  }

  @Test("What does not end is one piece to the end, for Scala to say so")
  func unfinished() {
    #expect(ScalaPieces("a\nf(1\n2\n3").texts == ["a", "f(1\n2\n3"])
    #expect(ScalaPieces("a\n\"\"\"\n2\n3").texts == ["a", "\"\"\"\n2\n3"])
    #expect(ScalaPieces("a\n/* b\nc").texts == ["a", "/* b\nc"])
  }

  @Test("Pieces can be taken together as they were written")
  func together() {
    let pieces = ScalaPieces("val x =\n\n  // the answer\n  42\nx")
    #expect(pieces.texts == ["val x =\n\n  // the answer\n  42", "x"])
    #expect(pieces.text(0...1) == "val x =\n\n  // the answer\n  42\nx")
    #expect(pieces.text(0...7) == "")
  }

  @Test("Whatever the code is, all of it but space is in the pieces, in order")
  func anything() {
    let parts = [
      "{", "}", "(", ")", "\"", "\"\"\"", "'", "`", "\\", "\n", "\n\n", " ", ";", ".", "s\"", "${",
      "$", "/*", "*/", "//", "class A", "object A", "else", "é", "世", "1", "=", "a",
    ]
    var generator = SeededGenerator(state: 42)
    for _ in 0..<3_000 {
      let length = Int.random(in: 0...12, using: &generator)
      let code = (0..<length).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
      let pieces = ScalaPieces(code)
      var rest = code.utf8[...]
      for piece in pieces.texts {
        #expect(!piece.isEmpty)
        while !rest.isEmpty, !rest.starts(with: piece.utf8) { rest.removeFirst() }
        #expect(rest.starts(with: piece.utf8), "\(code.debugDescription)")
        rest = rest.dropFirst(piece.utf8.count)
      }
      if pieces.count > 0 {
        #expect(pieces.text(0...pieces.count - 1).utf8.count <= code.utf8.count)
      }
    }
    let deep = String(repeating: "s\"${(", count: 100_000)
    #expect(ScalaPieces(deep).count == 1)
  }

  private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }
}

/// Livy's form of what the REPL says of an error.
struct ScalaReportTests {
  @Test(
    "The line that names the error is its value, the others are the trace",
    arguments: [
      (
        "<console>:23: error: not found: value nosuch\n       nosuch\n       ^\n",
        "<console>:23: error: not found: value nosuch", ["       nosuch\n", "       ^\n"]
      ),
      (
        "       ^\n       error: not found: value nosuch\n", "error: not found: value nosuch",
        ["       ^\n"]
      ),
      (
        "       nosuch\n       ^\nOn line 2: error: not found: value nosuch\n",
        "On line 2: error: not found: value nosuch", ["       nosuch\n", "       ^\n"]
      ),
      (
        "  f\n  ^\nOn line 1: warning: unused\n  g\n  ^\nOn line 2: error: no g\n",
        "On line 2: error: no g",
        ["  f\n", "  ^\n", "On line 1: warning: unused\n", "  g\n", "  ^\n"]
      ),
      (
        "java.lang.Error: boom\nerror: of the user's own\n", "java.lang.Error: boom",
        ["error: of the user's own\n"]
      ),
      (
        "warning: 1 deprecation\njava.lang.Error: boom\n  ... 32 elided\n", "java.lang.Error: boom",
        ["warning: 1 deprecation\n", "  ... 32 elided\n"]
      ),
      ("", "the Scala interpreter gave no reason", []),
    ] as [(String, String, [String])])
  func headline(said: String, value: String, trace: [String]) {
    let failure = StatementFailure(scala: said, printed: "")
    #expect(failure.name == "Error")
    #expect(failure.value == value)
    #expect(failure.traceback == trace)
  }

  @Test("What the failing code printed is not lost, and is not taken for the error")
  func prints() {
    let failure = StatementFailure(scala: "java.lang.Error: boom\n", printed: "step 1\nstep 2")
    #expect(failure.value == "java.lang.Error: boom")
    #expect(failure.traceback == ["step 1\n", "step 2\n"])
  }
}
