// SPDX-License-Identifier: Apache-2.0

internal import SchemaCompiler
internal import Testing

struct DiagnosticTests {
  private func range(_ start: Int, _ end: Int, file: Int = 0) -> SourceRange {
    SourceRange(file: file, bytes: start..<end)
  }

  @Test("Diagnostics are sorted by file and place, and none comes twice")
  func sorted() {
    var diagnostics = Diagnostics()
    diagnostics.error(range(5, 6, file: 1), "third")
    diagnostics.error(range(9, 10), "second")
    diagnostics.warning(range(1, 2), "first, but a warning")
    diagnostics.error(range(1, 2), "first")
    diagnostics.error(range(1, 2), "first")
    #expect(
      diagnostics.sorted.map(\.message) == ["first", "first, but a warning", "second", "third"])
  }

  @Test("Above the limit diagnostics are counted")
  func limit() {
    var diagnostics = Diagnostics(limits: CompilerLimits(diagnosticsMax: 2))
    for place in 0..<5 { diagnostics.error(range(place, place), "mistake") }
    #expect(diagnostics.sorted.count == 2)
    #expect(diagnostics.dropped == 3)
    let text = DiagnosticRenderer(files: [SourceFile(path: "a.proto", text: "12345")])
      .render(diagnostics)
    #expect(text.hasSuffix("and 3 more; mend these first\n"))
  }

  @Test("The carets stand under the range, behind tabs and letters of several bytes")
  func carets() {
    let source = SourceFile(path: "a.proto", text: "x\n\té wrong\n")
    var diagnostics = Diagnostics()
    diagnostics.error(range(6, 11), "no", help: "yes")
    #expect(
      DiagnosticRenderer(files: [source]).render(diagnostics) == """
        a.proto:2:4: error: no
         2 |     é wrong
           |       ^^^^^
          help: yes

        """)
  }

  @Test("Of a line of a million letters only some are shown, and no control characters")
  func longLine() {
    let half = String(repeating: "a", count: 500_000)
    let source = SourceFile(path: "a.proto", text: half + "\u{1B}[31m" + half)
    var diagnostics = Diagnostics()
    diagnostics.error(range(500_000, 500_005), "no")
    let text = DiagnosticRenderer(files: [source]).render(diagnostics)
    #expect(text.utf8.count < 1000)
    #expect(!text.contains("\u{1B}"))
    #expect(text.hasPrefix("a.proto:1:500001: error: no\n"))
  }

  @Test("A place behind the last byte is shown")
  func end() {
    let source = SourceFile(path: "a.proto", text: "ab\n")
    var diagnostics = Diagnostics()
    diagnostics.error(range(3, 3), "no")
    #expect(
      DiagnosticRenderer(files: [source]).render(diagnostics)
        == "a.proto:2:1: error: no\n 2 | \n   | ^\n")
  }
}
