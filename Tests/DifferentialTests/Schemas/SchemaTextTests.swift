// SPDX-License-Identifier: Apache-2.0

internal import SchemaCompiler
internal import Testing

/// The same schemas through schemac and through protoc.
@Suite(Tier.isDifferential) struct SchemaTextTests {
  /// What schemac refuses and protoc does not, by our message. docs/wire.md lists them with their
  /// reasons.
  static let stricter = [
    // Schemas are proto3 alone.
    "syntax", "proto2", "editions", "extension", "group", "required", "weak",
    // Names must be told apart in Swift.
    "in Swift",
    // `reserved 9 to 7` is a mistake; protoc reserves nothing then.
    "the range ends before it begins",
    // A method has a number.
    "has no number",
  ]

  @Test("Random schemas are accepted by both", arguments: 0..<4)
  func accepted(part: Int) throws {
    let peer = try Peer()
    for round in 0..<Environment.rounds {
      let text = RandomSchema(seed: part * 1_000_000 + round).text
      let ours = Self.errors(text)
      let theirs = try peer.check(text)
      #expect(ours.isEmpty, "\(text)")
      #expect(theirs == .accepted([]), "\(theirs) \(text)")
    }
  }

  @Test("Schemas with words changed are accepted and refused by both", arguments: 0..<4)
  func changed(part: Int) throws {
    let peer = try Peer()
    var refused = 0
    for round in 0..<Environment.rounds * 3 {
      var schema = RandomSchema(seed: part * 1_000_000 + round)
      schema.change()
      let ours = Self.errors(schema.text)
      let theirs = try peer.check(schema.text)
      if !ours.isEmpty { refused += 1 }
      if ours.isEmpty == (theirs.bytes != nil) { continue }
      let isKnown =
        !ours.isEmpty
        && ours.allSatisfy { error in
          Self.stricter.contains { error.contains($0) }
        }
      #expect(isKnown, "ours: \(ours), theirs: \(theirs)\n\(schema.text)")
    }
    #expect(refused > Environment.rounds)
  }

  private static func errors(_ text: String) -> [String] {
    let compilation = Compiler().compile([SourceFile(path: "text.proto", text: text)])
    return compilation.diagnostics.sorted.filter { $0.severity == .error }.map(\.message)
  }
}
