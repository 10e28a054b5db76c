// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LivyCommand

@Suite("What Tab fills in")
struct CompletionChoiceTests {
  struct Case: Sendable {
    var candidates: [String]
    var before: String
    var replaced: Int
    var filled: String?
    var listed: [String] = []
  }

  static let cases: [Case] = [
    Case(candidates: [], before: "x", replaced: 0, filled: nil),
    Case(candidates: ["range"], before: "spark.ra", replaced: 2, filled: "range"),
    Case(candidates: ["range"], before: "spark.range", replaced: 5, filled: nil),
    Case(
      candidates: ["read", "readStream"], before: "spark.re", replaced: 2, filled: "read",
      listed: ["read", "readStream"]),
    Case(
      candidates: ["read", "readStream"], before: "spark.read", replaced: 4, filled: nil,
      listed: ["read", "readStream"]),
    Case(candidates: ["SELECT"], before: "sel", replaced: 3, filled: "SELECT"),
    Case(
      candidates: ["SELECT", "set"], before: "se", replaced: 2, filled: nil,
      listed: ["SELECT", "set"]),
    Case(candidates: ["a", "b"], before: "x.", replaced: 0, filled: nil, listed: ["a", "b"]),
    Case(candidates: ["one"], before: "x.", replaced: 0, filled: "one"),
    Case(candidates: ["one", "one"], before: "o", replaced: 1, filled: "one"),
    Case(
      candidates: ["été", "étable"], before: "é", replaced: 1, filled: "ét",
      listed: ["été", "étable"]),
    Case(candidates: ["\u{1B}[2Jx"], before: "", replaced: 0, filled: " [2Jx"),
  ]

  @Test("One candidate is filled in, of several what they have in common", arguments: cases.indices)
  func choice(index: Int) {
    let expected = Self.cases[index]
    let choice = CompletionChoice(expected.candidates, before: expected.before)
    #expect(choice.replaced == expected.replaced)
    #expect(choice.filled == expected.filled)
    #expect(choice.listed == expected.listed)
  }

  @Test("Candidates stand in columns, and no more of them than a person reads")
  func rows() {
    let choice = CompletionChoice(["aa", "ab", "ac", "ad", "aaaaa"], before: "a")
    #expect(choice.rows(columns: 15) == ["aa     ad", "ab     aaaaa", "ac"])
    #expect(choice.rows(columns: 1).count == 5)
    #expect(choice.rows(columns: 0).count == 5)
    let many = CompletionChoice((0..<1_000).map { "name\($0)" }, before: "")
    #expect(many.rows(columns: 80).last == "and 800 more")
    #expect(many.rows(columns: 80).allSatisfy { TextWidth.of($0) < 80 })
  }
}
