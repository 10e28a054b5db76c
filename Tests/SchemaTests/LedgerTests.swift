// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import SchemaCompiler

/// What the ledger says of each kind of change. Each golden file is a schema (`x.proto`), the ledger
/// of an earlier version (`x.ledger`) and the report (`x.txt`).
struct LedgerTests {
  static let folder = "Tests/SchemaTests/Golden/ledger"
  static let changes = (try? Repository.files(in: folder, suffix: ".proto")) ?? []

  private func run(
    _ body: String, _ ledger: String?, accepted: Set<String> = []
  ) -> LedgerRun {
    Compilation(text: "syntax = \"proto3\";\n\(body)").ledger(
      previous: ledger.map { SourceFile(path: "test.ledger", text: $0) }, accepted: accepted)
  }

  @Test("A change is told as its golden file says", arguments: changes)
  func change(file: String) throws {
    let path = "\(Self.folder)/\(file)"
    let compilation = try Repository.compile([path])
    #expect(compilation.report == "")
    let ledger = path.replacing(".proto", with: ".ledger")
    let run = compilation.ledger(
      previous: SourceFile(path: ledger, bytes: try Repository.read(ledger)))
    let report = run.report.split(separator: "\(Self.folder)/").joined()
    let golden = path.replacing(".proto", with: ".txt")
    if Repository.updatesGolden { try Repository.write(report, to: golden) }
    #expect(report == String(decoding: try Repository.read(golden), as: UTF8.self))
    #expect((run.text == nil) == run.diagnostics.hasErrors)
  }

  @Test("There are golden files")
  func goldenFilesExist() {
    #expect(Self.changes.count >= 4)
  }

  @Test("The ledger of this repository's messages is up to date")
  func own() throws {
    let folder = "schema/messages"
    let files = try Repository.files(in: folder, suffix: ".proto").map { "\(folder)/\($0)" }
    let path = "\(folder)/\(Compilation.ledgerName)"
    let ledger = SourceFile(path: path, bytes: try Repository.read(path))
    let run = try Repository.compile(files).ledger(previous: ledger)
    #expect(run.report == "")
    #expect(run.isUpToDate, "run `make generate`")
  }

  @Test("A first ledger has everything, in order")
  func first() {
    let run = run(
      """
      message M { repeated E list = 2; map<string, M> map = 1 [json_name = "a b"]; oneof o { M m = 9; } }
      enum E { ZERO = 0; MINUS = -1; }
      service S {
        // @method 7
        rpc Do(stream M) returns (M);
      }
      """, nil)
    #expect(run.report == "")
    #expect(!run.isUpToDate)
    #expect(
      run.text?.split(separator: "\n").filter { !$0.hasPrefix("#") } == [
        "schemac-ledger 1", "enum E", "enum E -1 MINUS", "enum E 0 ZERO", "message M",
        "message M 1 map map<string,message:M> map json:a%20b",
        "message M 2 list enum:E repeated", "message M 9 m message:M oneof:o",
        "method 7 S Do M M clientStreaming",
      ])
  }

  @Test("A ledger that was written is up to date, and read as it was written")
  func again() {
    for seed in 0..<100 {
      var random = SplitMix64(seed: UInt64(seed))
      let compilation = Compilation(text: RandomSchema(&random).text)
      let text = compilation.ledger(previous: nil).text ?? ""
      let again = compilation.ledger(previous: SourceFile(path: "l", text: text))
      #expect(again.text == text && again.isUpToDate && again.report == "", "seed \(seed)")
    }
  }

  @Test("A change that breaks old peers can be wanted; what is gone stays recorded")
  func accepted() throws {
    let old = try #require(run("message M { int32 a = 1; string b = 2; }", nil).text)
    #expect(run("message M { int32 a = 1; }", old).text == nil)
    let gone = run("message M { int32 a = 1; }", old, accepted: ["M.b"])
    #expect(gone.report == "")
    let text = try #require(gone.text)
    #expect(text.contains("message M 2 b string singular removed\n"))
    // It may come back as it was, but as nothing else.
    #expect(run("message M { int32 a = 1; string b = 2; }", text).text == old)
    #expect(run("message M { int32 a = 1; string c = 2; }", text).text == nil)
    #expect(run("message M { int32 a = 1; string b = 3; }", text).text == nil)
  }

  @Test("What two branches have written is one ledger")
  func branches() throws {
    let old = try #require(run("message M { int32 a = 1; int32 b = 2; }", nil).text)
    let lines = "message M 2 b int32 singular removed\nmessage M\nmessage M 1 a int32 singular\n"
    let schema = "message M { reserved 2; reserved \"b\"; int32 a = 1; }"
    let merged = run(schema, old + lines)
    #expect(merged.report == "")
    #expect(merged.text == run(schema, old).text)
    #expect(merged.text?.contains("message M 2 b int32 singular removed\n") == true)
    #expect(run("message M { int32 a = 1; int32 b = 2; }", old + lines).text == old)
  }

  @Test("A single field can become a oneof of its own, and back")
  func ownOneof() throws {
    let single = "message M { int32 a = 1; }"
    let member = "message M { oneof o { int32 a = 1; int32 b = 2; } }"
    let text = try #require(run(single, nil).text)
    #expect(run(member, text).report == "")
    let other = try #require(run("message M { oneof o { int32 a = 1; } }", nil).text)
    #expect(run(single, other).report == "")
    let beside = "message M { int32 a = 1; oneof o { int32 b = 2; } }"
    #expect(run(beside, run(member, nil).text).text == nil)
  }

  @Test("A map's key and value may change as other fields may")
  func maps() throws {
    let old = try #require(run("message M { map<int32, int32> a = 1; }", nil).text)
    let wide = run("message M { map<int64, int32> a = 1; }", old)
    #expect(wide.text != nil)
    #expect(wide.report.contains("warning: field `a` was `map<int32, int32>`"))
    #expect(run("message M { map<sint32, int32> a = 1; }", old).text == nil)
  }

  @Test("A field with another type is told of that alone")
  func oneMistake() throws {
    let old = try #require(
      run("message M { int32 a = 1; oneof o { int32 b = 2; int32 c = 3; } }", nil).text)
    let run = run(
      "message M { repeated double a = 1; string b = 2; oneof o { int32 c = 3; } }", old)
    #expect(
      run.diagnostics.sorted.map(\.message) == [
        "field `a` was `int32`, and is `double` now", "field `b` was `int32`, and is `string` now",
      ])
  }

  @Test("The number that is proposed is free, even where the highest is taken")
  func freeNumber() throws {
    let old = try #require(
      run("message M { int32 a = 1; int32 b = 2; int32 c = 536870911; }", nil).text)
    let changed = run(
      "message M { reserved 3; string a = 1; int32 b = 2; int32 c = 536870911; }", old)
    #expect(changed.report.contains("add a field with a new number: 4 is free"))
    let full = run(
      "message M { reserved 3 to 536870910; string a = 1; int32 b = 2; int32 c = 536870911; }", old)
    #expect(full.report.contains("add a field with a new number: no number is free"))
  }

  @Test("A wanted change that is none is told")
  func needless() throws {
    let old = try #require(run("message M { int32 a = 1; }", nil).text)
    let run = run("message M { int32 a = 1; }", old, accepted: ["M.b"])
    #expect(run.report.contains("error: no change of `M.b` needs to be accepted"))
  }

  @Test("A message that is not among the files stays recorded")
  func partial() throws {
    let old = try #require(run("message M { int32 a = 1; }\nmessage N {}", nil).text)
    let text = try #require(run("message N {}", old).text)
    #expect(text == old)
    #expect(run("message N {}\nmessage M { string a = 1; }", old).text == nil)
  }

  @Test("A schema with errors has no ledger")
  func errors() {
    let run = run("message M { Missing a = 1; }", nil)
    #expect(run.text == nil)
    #expect(run.report.contains("there is no type `Missing`"))
  }

  @Test("A ledger above the limit is refused")
  func limit() {
    let compilation = Compilation(text: "syntax = \"proto3\";")
    let run = compilation.ledger(
      previous: SourceFile(path: "l", text: "schemac-ledger 1\n"),
      limits: CompilerLimits(ledgerBytesMax: 10))
    #expect(run.report.contains("the ledger has more than 10 bytes"))
  }
}
