// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import SchemaCompiler

struct FormatTests {
  /// All schemas of this repository that are laid out, and not meant to be otherwise.
  static let own: [String] = [
    "schema/messages", "schema/wellknown/google/protobuf", "Tests/SchemaTests/Golden/good",
    "Tests/Samples/Schemas", "Benchmarks/rpc/schema",
  ].flatMap { folder in
    // Random ones are as their seeds write them.
    ((try? Repository.files(in: folder, suffix: ".proto")) ?? [])
      .filter { !$0.hasPrefix("random_") }.map { "\(folder)/\($0)" }
  }

  static let odd = "Tests/SchemaTests/Golden/format"
  static let oddFiles = (try? Repository.files(in: odd, suffix: ".proto")) ?? []

  private func format(_ source: SourceFile) -> (text: String?, report: String) {
    var diagnostics = Diagnostics()
    let text = SchemaFormatter.format(source, file: 0, diagnostics: &diagnostics)
    return (text, DiagnosticRenderer(files: [source]).render(diagnostics))
  }

  @Test("The schemas of this repository are laid out", arguments: own)
  func repository(path: String) throws {
    let source = SourceFile(path: path, bytes: try Repository.read(path))
    #expect(format(source).text == String(decoding: source.bytes, as: UTF8.self))
  }

  @Test("A file is laid out as its golden file", arguments: oddFiles)
  func golden(file: String) throws {
    let source = SourceFile(path: file, bytes: try Repository.read("\(Self.odd)/\(file)"))
    let text = try #require(format(source).text)
    let golden = "\(Self.odd)/\(file.replacing(".proto", with: ".txt"))"
    if Repository.updatesGolden { try Repository.write(text, to: golden) }
    #expect(text == String(decoding: try Repository.read(golden), as: UTF8.self))
    expectSame(source)
  }

  @Test("There are golden files")
  func goldenFilesExist() {
    #expect(Self.oddFiles.count >= 2)
    #expect(Self.own.count >= 12)
  }

  @Test("Layout changes neither tokens nor meaning of any golden file")
  func goldenFiles() throws {
    for folder in ["bad", "good", "ledger"] {
      let path = "Tests/SchemaTests/Golden/\(folder)"
      for file in try Repository.files(in: path, suffix: ".proto") {
        expectSame(SourceFile(path: file, bytes: try Repository.read("\(path)/\(file)")))
      }
    }
  }

  @Test("A file with mistakes of syntax is reported and left alone")
  func mistakes() {
    let (text, report) = format(SourceFile(path: "a.proto", text: "message A { int32 = 1; }"))
    #expect(text == nil)
    #expect(report.hasPrefix("a.proto:1:19: error: the name of the field must stand here"))
  }

  @Test("What the checker refuses is laid out all the same")
  func unchecked() {
    let (text, report) = format(SourceFile(path: "a.proto", text: "message A{Missing m=0;}"))
    #expect(text == "message A {\n  Missing m = 0;\n}\n")
    #expect(report == "")
  }

  @Test("Random schemas in random layout come out as if they had been written well")
  func random() throws {
    for seed in 0..<300 {
      var random = SplitMix64(seed: UInt64(seed))
      let text = RandomSchema(&random).text
      let (plain, _) = format(SourceFile(path: "a.proto", text: text))
      #expect(plain == text, "seed \(seed)")
      let source = SourceFile(path: "a.proto", text: Self.shaken(text, &random))
      expectSame(source, "seed \(seed)")
    }
  }

  /// The same tokens with other space between them, and comments.
  static func shaken(_ text: String, _ random: inout SplitMix64) -> String {
    let source = SourceFile(path: "a.proto", text: text)
    var diagnostics = Diagnostics()
    let tokens = Lexer.tokens(of: source, file: 0, diagnostics: &diagnostics)
    let fillers = [
      " ", "  ", "\n", "\n\n\n", "\t", " // c\n", "\n// d\n", "\n\n// e\n\n\n", " /* f */ ",
      "\n/* g\n   * h\n  i */\n", "\r\n", " /* j\n k */",
    ]
    var shaken = ""
    for token in tokens {
      for comment in token.leading { shaken += "\n" + source.text(comment.range.bytes) + "\n" }
      shaken += source.text(token.range.bytes)
      // What stands between a method's number and its method must stay.
      let isPlain = Int.random(in: 0..<3, using: &random) > 0
      shaken += isPlain ? " " : fillers[Int.random(in: 0..<fillers.count, using: &random)]
    }
    return shaken
  }

  /// Lays a file out, and expects the same tokens, comments and meaning; twice makes no difference.
  private func expectSame(_ source: SourceFile, _ place: String = "") {
    guard let text = format(source).text else { return }
    let formatted = SourceFile(path: source.path, text: text)
    #expect(format(formatted).text == text, "\(source.path) \(place): not the same again")
    #expect(tokens(formatted) == tokens(source), "\(source.path) \(place)")
    let (before, after) = (Compiler().compile([source]), Compiler().compile([formatted]))
    #expect(before.errors.sorted() == after.errors.sorted(), "\(source.path) \(place)")
    #expect(before.generate() == after.generate(), "\(source.path) \(place)")
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      #expect(line.last != " " && line.last != "\t", "\(source.path) \(place)")
    }
    #expect(!text.contains("\n\n\n"), "\(source.path) \(place)")
  }

  /// Tokens with the words of their comments, and on which side these stand.
  private func tokens(_ source: SourceFile) -> [String] {
    var diagnostics = Diagnostics()
    return Lexer.tokens(of: source, file: 0, diagnostics: &diagnostics).map { token in
      func words(_ comments: [SchemaCompiler.Comment]) -> [[String]] {
        comments.map { $0.text.map(\.text) }
      }
      return "\(token.kind) \(words(token.leading)) \(words(token.trailing))"
    }
  }
}
