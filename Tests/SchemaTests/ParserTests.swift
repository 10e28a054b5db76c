// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import SchemaCompiler

struct ParserTests {
  private func parse(_ text: String) -> (file: FileSyntax, errors: [String]) {
    var diagnostics = Diagnostics()
    let source = SourceFile(path: "test.proto", text: text)
    let tokens = Lexer.tokens(of: source, file: 0, diagnostics: &diagnostics)
    let file = Parser.parse(tokens, diagnostics: &diagnostics)
    return (file, diagnostics.sorted.map(\.message))
  }

  private func message(_ text: String) throws -> MessageSyntax {
    let (file, errors) = parse(text)
    #expect(errors == [])
    guard case .message(let message) = try #require(file.declarations.first) else {
      throw NotAMessage()
    }
    return message
  }

  private struct NotAMessage: Error {}

  @Test("The statements of a file are found")
  func file() {
    let (file, errors) = parse(
      """
      syntax = "proto3";
      package a.b;
      import "one.proto";
      import public "two" ".proto";
      option java_package = "x";
      ;
      message M {}
      enum E {}
      service S {}
      """)
    #expect(errors == [])
    #expect(file.syntax?.text == "proto3")
    #expect(file.package?.text == "a.b")
    #expect(file.imports.map(\.path.text) == ["one.proto", "two.proto"])
    #expect(file.imports.map(\.isPublic) == [false, true])
    #expect(file.options.map(\.name.text) == ["java_package"])
    #expect(file.declarations.count == 3)
    #expect(!file.isPartial)
  }

  @Test("Words of the language can be names of fields")
  func wordsAsNames() throws {
    let message = try message(
      """
      message M {
        string message = 1; int32 syntax = 2; repeated bool repeated = 3; stream.map map = 4;
        optional .a.optional optional = 5; group group = 6;
      }
      """)
    let names = message.members.compactMap { member in
      if case .field(let field) = member { field.name.text } else { nil }
    }
    #expect(names == ["message", "syntax", "repeated", "map", "optional", "group"])
  }

  @Test("Comments above and behind a field are its own; those further up are not")
  func comments() throws {
    let message = try message(
      """
      // Far.

      // Above.
      message M {  // Inside.
        /* First.
           Second. */
        // Third.
        int32 a = 1;  // Behind.
        int32 b = 2;
      }
      """)
    #expect(message.comments.detached.map(\.text) == ["Far."])
    #expect(message.comments.above.map(\.text) == ["Above."])
    #expect(message.comments.behind.map(\.text) == ["Inside."])
    guard case .field(let field) = message.members[0] else { throw NotAMessage() }
    #expect(field.comments.above.map(\.text) == ["First.", "Second.", "Third."])
    #expect(field.comments.behind.map(\.text) == ["Behind."])
    guard case .field(let bare) = message.members[1] else { throw NotAMessage() }
    #expect(bare.comments == CommentsSyntax())
  }

  @Test("A missing semicolon at a line's end hides nothing behind it")
  func missingSemicolon() {
    let (file, errors) = parse("message M {\n int32 a = 1\n int32 b = 2;\n}\nmessage N {}")
    #expect(errors == ["`;` is missing behind field `a`"])
    guard case .message(let message) = file.declarations[0] else { return }
    #expect(message.members.count == 2)
    #expect(file.declarations.count == 2)
  }

  @Test("Every cut of a valid file gives diagnostics and a tree, and ends")
  func cuts() throws {
    let text = String(
      decoding: try Repository.read("Tests/SchemaTests/Golden/good/codec_shapes.proto"),
      as: UTF8.self)
    let bytes = Array(text.utf8)
    let whole = parse(text).file.declarations.count
    for cut in bytes.indices {
      let (file, _) = parse(String(decoding: bytes[..<cut], as: UTF8.self))
      #expect(file.declarations.count <= whole)
    }
  }

  @Test(
    "Deep nesting of braces and messages needs no stack",
    arguments: [
      "message M {", "{", "option a = {", "message M { oneof o {", "a(",
    ])
  func deepNesting(part: String) {
    let (_, errors) = parse(String(repeating: part, count: 20_000))
    #expect(!errors.isEmpty)
  }
}
