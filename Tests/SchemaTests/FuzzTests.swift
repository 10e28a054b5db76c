// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import SchemaCompiler

/// Inputs that nobody would write. The generator is seeded: a failure can be run again.
struct FuzzTests {
  private static let words = [
    "syntax", "=", "\"proto3\"", ";", "message", "enum", "service", "rpc", "returns", "(", ")",
    "{", "}", "[", "]", "<", ">", ",", ".", "-", "oneof", "map", "optional", "repeated",
    "reserved", "to", "max", "option", "import", "public", "package", "stream", "A", "b", "C.d",
    "0", "1", "19000", "536870911", "99999999999", "1.5", "int32", "string", "true",
    "// @method 1\n",
    "/* x */", "\n", "'a", "/*", "packed", "deprecated", "allow_alias", "\u{FFFF}", "é",
  ]

  @Test("100,000 files of random words end in a bounded report", arguments: 0..<10)
  func words(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    for _ in 0..<7000 {
      let count = Int.random(in: 0..<40, using: &random)
      let text = (0..<count).map { _ in
        Self.words[Int.random(in: 0..<Self.words.count, using: &random)]
      }.joined(separator: Bool.random(using: &random) ? " " : "")
      expectBounded(Array(text.utf8))
    }
    for _ in 0..<2000 {
      let count = Int.random(in: 0..<80, using: &random)
      expectBounded((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }

  @Test("Valid files with random damage end in a bounded report", arguments: 0..<10)
  func damage(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) + 1000)
    let sample = Array(
      """
      syntax = "proto3"; package a.b;
      // A comment.
      message M { reserved 4, 9 to max; int32 a = 1; repeated M b = 2; map<string, E> c = 3;
        oneof o { M d = 5; string e = 6; } message N { M m = 1; } }
      enum E { option allow_alias = true; E_A = 0; E_B = 1; E_C = 1; }
      service S {
        // @method 7
        rpc Do(M) returns (stream M.N);
      }
      """.utf8)
    for _ in 0..<1000 {
      var bytes = sample
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: Int.random(in: 0...bytes.count, using: &random))
        default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
        }
      }
      expectBounded(bytes)
    }
  }

  /// The compiler, the layout and the ledger of one input.
  private func expectBounded(_ bytes: [UInt8]) {
    let source = SourceFile(path: "fuzz.proto", bytes: bytes)
    expectStable(source)
    let compilation = Compiler().compile([source])
    if !compilation.diagnostics.hasErrors {
      let ledger = compilation.ledger(previous: nil).text
      #expect(ledger.map { $0.utf8.count <= 1000 + bytes.count * 100 } == true)
    }
    let count = compilation.diagnostics.sorted.count
    if count > CompilerLimits.standard.diagnosticsMax { Issue.record("\(count) diagnostics") }
    // Text takes most of the time: of mistakes it is looked at for some inputs only.
    if compilation.diagnostics.hasErrors, bytes.count % 16 != 0 { return }
    let report = compilation.report
    // A diagnostic has a few lines, each bounded.
    #expect(report.utf8.count <= (count + 1) * 4000)
    if !compilation.diagnostics.hasErrors {
      let code = compilation.generate()
      #expect(code.count == 1)
      #expect((code.first?.text.utf8.count ?? 0) <= 2000 + bytes.count * 400)
    }
  }

  /// What can be laid out is the same when it is laid out again, and does not grow much.
  private func expectStable(_ source: SourceFile) {
    var diagnostics = Diagnostics()
    guard let text = SchemaFormatter.format(source, file: 0, diagnostics: &diagnostics) else {
      return
    }
    if text.utf8.count > 100 + source.bytes.count * 80 { Issue.record("\(text.utf8.count) bytes") }
    let again = SchemaFormatter.format(
      SourceFile(path: "fuzz.proto", text: text), file: 0, diagnostics: &diagnostics)
    if again != text { Issue.record("\(text)\n\(again ?? "")") }
  }

  @Test("Damaged ledgers end in a bounded report", arguments: 0..<4)
  func ledgers(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed) + 2000)
    let compilation = Compilation(text: RandomSchema(&random).text)
    let sample = Array(try #require(compilation.ledger(previous: nil).text).utf8)
    for _ in 0..<1000 {
      var bytes = sample
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        // The first line stays: without it nothing else is read.
        let place = Int.random(in: min(17, bytes.count - 1)..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: Int.random(in: 17...bytes.count, using: &random))
        default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
        }
      }
      let run = compilation.ledger(previous: SourceFile(path: "l", bytes: bytes))
      #expect(run.report.utf8.count <= 101 * 4000)
      #expect((run.text == nil) == run.diagnostics.hasErrors)
    }
  }

  @Test("A value of ten thousand braces is laid out in bounded room")
  func braces() {
    let text =
      "option a = " + String(repeating: "{\n", count: 10_000)
      + String(repeating: "}\n", count: 10_000) + ";"
    expectStable(SourceFile(path: "fuzz.proto", text: text))
  }

  @Test(
    "Large files of one kind of thing are compiled in time that grows with their size",
    arguments: [
      "message M%1 { int32 a = 1; }\n", "message M { int32 a%1 = %1; int32 a%1 = %1; }\n",
      "enum E%1 { A%1 = 0; }\n", "message M { T%1 a%1 = %1; }\n", "}\n", "// @method %1\n",
      "message M { reserved %1; int32 a = %1; }\n", "package a.%1.b;\n", "import \"%1\";\n",
      "message M { oneof o { M a%1 = %1; } }\n", "option a%1 = 1;\n",
    ])
  func large(line: String) {
    let text = (0..<5000).map { line.replacing("%1", with: String($0)) }.joined()
    let compilation = Compilation(text: "syntax = \"proto3\";\n" + text)
    #expect(compilation.report.utf8.count <= 101 * 4000)
    expectStable(SourceFile(path: "fuzz.proto", text: text))
  }

  @Test("Ten thousand changes of every kind are compared in time that grows with their number")
  func largeLedger() {
    func schema(_ line: (Int) -> String, _ value: (Int) -> String) -> String {
      let range = 1...10_000
      return "syntax = \"proto3\"; message M { oneof o {" + range.map(line).joined()
        + "} } enum E { ZERO = 0;" + range.map(value).joined() + "}"
    }
    let old = Compilation(text: schema({ "int32 a\($0) = \($0);" }, { "V\($0) = \($0);" }))
    let text = old.ledger(previous: nil).text ?? ""
    let changes = [
      schema({ "string b\($0) = \($0);" }, { "W\($0) = \($0);" }),
      schema({ "int32 a\($0) = \($0 + 20_000);" }, { "V\($0) = \($0 + 20_000);" }),
      "syntax = \"proto3\"; message M {} enum E { ZERO = 0; }",
      "syntax = \"proto3\"; enum E { ZERO = 0; } message M {"
        + (1...10_000).map { "optional int32 a\($0) = \($0);" }.joined() + "}",
    ]
    for change in changes {
      let run = Compilation(text: change).ledger(previous: SourceFile(path: "l", text: text))
      #expect(run.text == nil)
      #expect(run.diagnostics.sorted.count == CompilerLimits.standard.diagnosticsMax)
    }
  }

  @Test("One message with ten thousand fields that all have the same number is soon refused")
  func sameNumbers() {
    let fields = (0..<10_000).map { "int32 a\($0) = 1;" }.joined(separator: "\n")
    let compilation = Compilation(text: "syntax = \"proto3\"; message M {\n\(fields)\n}")
    #expect(compilation.diagnostics.sorted.count == CompilerLimits.standard.diagnosticsMax)
  }
}

/// A small generator with a seed (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators").
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
