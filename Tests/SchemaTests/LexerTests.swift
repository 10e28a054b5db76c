// SPDX-License-Identifier: Apache-2.0

internal import SchemaCompiler
internal import Testing

struct LexerTests {
  private func lex(_ text: String) -> (tokens: [Token], errors: [String]) {
    var diagnostics = Diagnostics()
    let source = SourceFile(path: "test.proto", text: text)
    let tokens = Lexer.tokens(of: source, file: 0, diagnostics: &diagnostics)
    return (tokens, diagnostics.sorted.map(\.message))
  }

  private func kinds(_ text: String) -> [Token.Kind] { lex(text).tokens.map(\.kind) }

  @Test("An empty file is its end")
  func empty() {
    #expect(kinds("") == [.end])
    #expect(kinds(" \t\r\n\u{FEFF}".replacing("\u{FEFF}", with: "")) == [.end])
  }

  @Test(
    "Numbers are read in three bases",
    arguments: [
      ("0", 0), ("42", 42), ("0x2A", 42), ("0X2a", 42), ("052", 42), ("00", 0),
      ("18446744073709551615", UInt64.max), ("0xFFFFFFFFFFFFFFFF", UInt64.max),
    ])
  func integers(text: String, value: UInt64) {
    #expect(kinds(text) == [.integer(value), .end])
  }

  @Test("A number over 64 bits is a number without a value")
  func hugeInteger() {
    #expect(kinds("18446744073709551616") == [.integer(nil), .end])
  }

  @Test(
    "Numbers with a fraction or an exponent are read",
    arguments: [
      ("1.5", 1.5), ("1e3", 1000), ("1E-3", 0.001), (".5", 0.5), ("2.5f", 2.5), ("1.", 1),
    ])
  func floats(text: String, value: Double) {
    #expect(kinds(text) == [.float(value), .end])
  }

  @Test(
    "What only looks like a number is one mistake",
    arguments: [
      "0x", "09", "12ab", "1.2.3", "0xg", "1e", "7_000",
    ])
  func badNumbers(text: String) {
    #expect(kinds(text) == [.malformed, .end])
    #expect(lex(text).errors == ["`\(text)` is no number"])
  }

  @Test(
    "Escapes of strings are resolved",
    arguments: [
      (#""plain""#, "plain"), (#"'single'"#, "single"), (#""a\nb\t\\\"""#, "a\nb\t\\\""),
      (#""\x41\101\u00e9\U0001F600""#, "AAé😀"), (#""it's""#, "it's"), (#""\?\'""#, "?'"),
    ])
  func strings(text: String, value: String) {
    #expect(kinds(text) == [.string(Array(value.utf8)), .end])
  }

  @Test("A string that does not end spoils only its own line")
  func openString() {
    #expect(kinds("\"abc\nname") == [.malformed, .identifier("name"), .end])
    #expect(lex("\"abc\nname").errors == ["this string does not end on its line"])
  }

  @Test("Comments belong to the token before them on its line, or to the one behind")
  func comments() {
    let tokens = lex("// one\n// two\na /* three */ b // four\n\n/* five\n * six\n */ c").tokens
    #expect(tokens[0].leading.map { $0.text.map(\.text) } == [["one"], ["two"]])
    #expect(tokens[0].trailing.map { $0.text.map(\.text) } == [["three"]])
    #expect(tokens[1].trailing.map { $0.text.map(\.text) } == [["four"]])
    #expect(tokens[2].leading.map { $0.text.map(\.text) } == [["five", "six"]])
    #expect(tokens[2].leading.map(\.lines) == [4...6])
    #expect(tokens[2].line == 6)
  }

  @Test("Each token knows its bytes")
  func ranges() {
    let text = "message A_1 { }\n"
    let bytes = Array(text.utf8)
    let words = lex(text).tokens.map { token in
      String(decoding: bytes[token.range.bytes], as: UTF8.self)
    }
    #expect(words == ["message", "A_1", "{", "}", ""])
  }

  @Test("Of a file that is no text only the first mistakes are told")
  func binary() {
    var random = SplitMix64(seed: 1)
    let bytes = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let compilation = Compiler().compile([SourceFile(path: "test.proto", bytes: bytes)])
    #expect(compilation.errors.count <= CompilerLimits.standard.malformedMax + 5)
    #expect(compilation.errors.contains("the rest of this file is not read"))
  }

  @Test("A file that is too large is not read")
  func tooLarge() {
    var diagnostics = Diagnostics()
    let source = SourceFile(path: "test.proto", text: "message A {}")
    let tokens = Lexer.tokens(
      of: source, file: 0, limits: CompilerLimits(fileBytesMax: 5), diagnostics: &diagnostics)
    #expect(tokens.map(\.kind) == [.end])
    #expect(diagnostics.sorted.map(\.message) == ["the file has 12 bytes, more than 5"])
  }
}
