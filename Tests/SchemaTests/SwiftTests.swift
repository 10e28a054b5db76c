// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import SchemaCompiler

struct SwiftSpellingTests {
  @Test(
    "Names of fields become Swift's",
    arguments: [
      ("name", "name"), ("ui_url", "uiURL"), ("url", "url"), ("uiUrl", "uiURL"),
      ("UI_URL", "uiURL"),
      ("application_id", "applicationID"), ("FooBar", "fooBar"), ("at_ms", "atMs"),
      ("utf8_text", "utf8Text"), ("in", "`in`"), ("self", "selfField"), ("init", "initField"),
      ("__", "underscore"), ("_1st", "_1st"), ("encoded_size", "encodedSizeField"),
      ("HTTPServer", "httpServer"), ("listen_port", "listenPort"),
    ])
  func properties(schema: String, swift: String) {
    #expect(SwiftSpelling.property(schema) == swift)
  }

  @Test("Cases of an enum do not repeat its name, unless two would become one")
  func enumCases() {
    #expect(
      SwiftSpelling.enumCases(["STATE_IDLE", "STATE_NOT_STARTED", "OTHER"], of: "State")
        == ["idle", "notStarted", "other"])
    #expect(SwiftSpelling.number(-999_999) == "-999999")
    #expect(SwiftSpelling.number(Int32.min) == "-2_147_483_648")
    #expect(SwiftSpelling.number(1_000_000) == "1_000_000")
    #expect(SwiftSpelling.enumCases(["A_IDLE", "IDLE"], of: "A") == ["aIdle", "idle"])
    #expect(SwiftSpelling.enumCases(["LEVEL_3", "LEVEL"], of: "Level") == ["level3", "level"])
    #expect(
      SwiftSpelling.enumCases(["KIND_SELF", "KIND_IN"], of: "Kind") == ["selfValue", "`in`"])
  }

  @Test(
    "Names of types begin with a capital",
    arguments: [
      ("Event", "Event"), ("log_line", "LogLine"), ("URLList", "URLList"), ("_", "underscore"),
      ("_9", "_9"),
    ])
  func types(schema: String, swift: String) {
    #expect(SwiftSpelling.type(schema) == swift)
  }
}

struct SwiftPrinterTests {
  private func print(_ declarations: SwiftDeclaration...) -> [Substring] {
    let file = SwiftFile(header: ["Head"], imports: [], declarations: declarations)
    return SwiftPrinter.print(file).split(separator: "\n", omittingEmptySubsequences: false)
      .dropFirst(3).dropLast()
  }

  @Test("A function stands on one line if it fits, else its parameters stand below")
  func function() {
    let long = String(repeating: "x", count: 45)
    var function = SwiftFunction(
      head: "func call", parameters: [SwiftParameter(name: "_ a", type: "Int", value: "1")],
      effects: "throws", body: [.line("a()")])
    #expect(print(.function(function)) == ["func call(_ a: Int = 1) throws {", "  a()", "}"])
    function.parameters = [
      SwiftParameter(name: "a", type: long), SwiftParameter(name: "b", type: long),
    ]
    function.body = nil
    #expect(
      print(.function(function))
        == ["func call(", "  a: \(long), b: \(long)"[...], ") throws"])
    function.parameters.append(SwiftParameter(name: "c", type: "Int"))
    #expect(
      print(.function(function))
        == ["func call(", "  a: \(long),"[...], "  b: \(long),"[...], "  c: Int", ") throws"])
  }

  @Test("Stored properties stand together, functions apart")
  func type() {
    let type = SwiftType(
      docs: ["What it is."], keyword: "struct", name: "A", inherits: ["B", "C"],
      members: [
        .variable(SwiftVariable(keyword: "var", name: "a", type: "Int", value: .text("0"))),
        .variable(SwiftVariable(keyword: "let", name: "b", type: "Int")),
        .variable(
          SwiftVariable(keyword: "var", name: "c", type: "Int", getter: [.line("a")])),
        .function(SwiftFunction(head: "init", body: [])),
      ])
    #expect(
      print(.type(type)) == [
        "/// What it is.", "struct A: B, C {", "  var a: Int = 0", "  let b: Int", "",
        "  var c: Int {", "    a", "  }", "", "  init() {}", "}",
      ])
  }

  @Test("A case stands beside its statement if both fit")
  func select() {
    let long = String(repeating: "y", count: 90)
    let function = SwiftFunction(
      head: "func f",
      body: [
        .select(
          "x",
          [
            SwiftCase(pattern: "case 1", body: [.line("a()")]),
            SwiftCase(
              pattern: "case 2", body: [.call(before: "try ", .call("b", [long, "1"]))]),
            SwiftCase(pattern: "default", body: [.block("if y", [.line("c()"), .line("d()")])]),
          ])
      ])
    #expect(
      print(.function(function)) == [
        "func f() {", "  switch x {", "  case 1: a()", "  case 2:", "    try b("[...],
        "      \(long), 1)"[...], "  default:", "    if y {", "      c()", "      d()", "    }",
        "  }", "}",
      ])
  }

  @Test("Long comments are broken, lists and short lines stay")
  func docs() {
    #expect(
      DocText.wrapped(["one", "two", "", "- item"], width: 80) == ["one", "two", "", "- item"])
    #expect(
      DocText.wrapped(["one two three four", "five", "- six"], width: 9)
        == ["one two", "three", "four five", "- six"])
    #expect(DocText.wrapped([], width: 9) == [])
  }
}
