// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LivyCommand

@Suite("Where a statement ends")
struct ShellLanguageTests {
  static let complete: [(ShellLanguage, String)] = [
    (.python, ""), (.python, "1 + 1"), (.python, "x = {'a': [1,\n  2]}"),
    (.python, "s = '''a\nb'''"),
    (.python, "print('(')"), (.python, "# for x:"), (.python, "x = 1  # ("), (.python, "if x: y"),
    (.python, "for i in x:\n    print(i)\n"), (.python, "def f():\n    return 1\n    "),
    (.python, "def f():\n    return 1\nf()"), (.python, "%json x"), (.python, "x)"),
    (.python, "'abc"),
    (.python, "  x = 1"), (.python, "s = 'a\\'(b'"), (.python, "a = 1 + \\\n  2"),
    (.python, "if x:\n    y = '''\n\n'''\nz"),
    (.scala, "val x = 1"), (.scala, "def f(x: Int) = {\n  x + 1\n}"), (.scala, "val c = '('"),
    (.scala, "val c = '\\''"), (.scala, "val s = \"{\""), (.scala, "/* { /* ( */ */ 1"),
    (.scala, "// {"),
    (.scala, "val x =\n"), (.scala, "'symbol"), (.scala, "\"\"\"{\n\"\"\""), (.scala, "%json x"),
    (.scala, "import `a{`.b"),
    (.sql, "SELECT 1;"), (.sql, "SELECT 1;  -- the end"), (.sql, "SELECT 1\n"),
    (.sql, "SELECT ';' AS x;"),
    (.r, "x <- c(1, 2)"), (.r, "f <- function(x) {\n  x + 1\n}"), (.r, "x <-\n"), (.r, "# {"),
  ]
  static let incomplete: [(ShellLanguage, String)] = [
    (.python, "f("), (.python, "x = [\n\n"), (.python, "'''a\n"), (.python, "for i in x:"),
    (.python, "for i in x:\n    print(i)"), (.python, "class A:\n    def f(self):\n        pass"),
    (.python, "@decorated"), (.python, "x = 1 + \\"), (.python, "if x:  # why"),
    (.python, "if x:\n    y\nelse:"),
    (.python, "f(''')''',"),
    (.scala, "object A {"), (.scala, "val x ="), (.scala, "if (a) b else"), (.scala, "/* a"),
    (.scala, "\"\"\"a"), (.scala, "f(1,"), (.scala, "x =>"), (.scala, "class A extends"),
    (.scala, "{\n\n"),
    (.sql, "SELECT 1"), (.sql, "SELECT ';"), (.sql, "SELECT 1 -- ;"), (.sql, "SELECT 1 /* ;"),
    (.sql, "SELECT `;\n"),
    (.r, "f <- function(x) {"), (.r, "x <-"), (.r, "1 +"), (.r, "x %>%"), (.r, "if (a) b else"),
    (.r, "c(1,\n"),
  ]

  @Test("A whole statement is sent", arguments: complete.indices)
  func ends(index: Int) {
    let (language, text) = Self.complete[index]
    #expect(language.isComplete(text), "\(language): \(text)")
  }

  @Test("One that goes on asks for a line", arguments: incomplete.indices)
  func goesOn(index: Int) {
    let (language, text) = Self.incomplete[index]
    #expect(!language.isComplete(text), "\(language): \(text)")
  }

  @Test("A scan of any text ends, with a depth that is not below zero")
  func random() {
    var generator = SplitMix64(seed: 7)
    let pieces = [
      "(", ")", "{", "}", "[", "'", "\"", "\"\"\"", "'''", "`", "#", "--", "//", "/*", "*/", "\\",
      "\n", " ",
      "a", "é", ":", ";", "%", "\r\n", "😀",
    ]
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...30, using: &generator)
      let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      for language in ShellLanguage.allCases {
        #expect(CodeScan(text, language.syntax).depth >= 0)
        _ = language.isComplete(text)
        _ = language.indentation(behind: text)
        _ = language.statement(text)
      }
    }
  }

  @Test("What is sent has no empty lines at its end, and Python no common indentation")
  func statement() {
    #expect(ShellLanguage.python.statement("  a\n    b\n\n  ") == "a\n  b")
    #expect(ShellLanguage.python.statement("  a\nb") == "  a\nb")
    #expect(ShellLanguage.python.statement("  a\n\n  b") == "a\n\nb")
    #expect(ShellLanguage.sql.statement(" SELECT 1\n") == " SELECT 1")
    #expect(ShellLanguage.sql.statement("") == "")
  }

  @Test("Languages have the server's names and their own")
  func names() {
    for language in ShellLanguage.allCases {
      #expect(ShellLanguage(word: language.kind) == language)
      #expect(ShellLanguage(word: language.rawValue.uppercased()) == language)
      #expect(language.prompt.count == language.continuation.count)
    }
    #expect(ShellLanguage(word: "shared") == nil)
  }

  @Test("Words for the shell are not those for the session")
  func words() {
    #expect(ShellWord("%kind sql") == .kind("sql"))
    #expect(ShellWord("%kind") == .kind(nil))
    #expect(ShellWord("%load  a b.py ") == .load("a b.py"))
    #expect(ShellWord("%quit") == .quit)
    #expect(ShellWord("%exit") == .quit)
    for code in ["%json x", "%table x", "%", "", "kind", "%kinds", "x %kind"] {
      #expect(ShellWord(code) == nil, "\(code)")
    }
  }

  @Test("Without a terminal, lines become statements by the same rules")
  func blocks() throws {
    var blocks = StatementBlocks(.python)
    let lines = [
      "", "1 + 1", "for i in x:", "    print(i)", "", "f(", "2)", "x = 1", "if y:", "  z",
    ]
    let statements = try lines.compactMap { try blocks.add($0) }
    #expect(statements == ["1 + 1", "for i in x:\n    print(i)", "f(\n2)", "x = 1"])
    #expect(!blocks.isEmpty)
    #expect(blocks.end() == "if y:\n  z")
    #expect(blocks.end() == nil)
    blocks.language = .sql
    #expect(try blocks.add("SELECT 1;") == "SELECT 1;")
    #expect(try blocks.add("SELECT") == nil)
    #expect(try blocks.add("2") == nil)
    #expect(try blocks.add("") == "SELECT\n2")
    let line = String(repeating: "x", count: ShellLimits.blockBytesMax)
    #expect(try blocks.add(line) == nil)
    #expect(throws: CommandFailure.self) { try blocks.add("y") }
  }
}
