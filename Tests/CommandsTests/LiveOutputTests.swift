// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LivyCommand

@Suite("What livy run shows while a statement runs")
struct LiveOutputTests {
  @Test("Pieces are shown once, also when they come twice")
  func pieces() {
    var printed = LiveOutput.Printed()
    #expect(printed.add("one\n", offset: 0) == "one\n")
    #expect(printed.add("one\n", offset: 0) == "")
    #expect(printed.add("ne\ntwo", offset: 1) == "two")
    #expect(!printed.hasGap)
    #expect(printed.rest(of: "one\ntwo") == "\n", "only the line's end is missing")
    #expect(printed.rest(of: "one\ntwo\n3") == "\n3")
  }

  @Test("After a missed piece nothing more is shown, and the result is, whole")
  func gap() {
    var printed = LiveOutput.Printed()
    #expect(printed.add("one\n", offset: 0) == "one\n")
    #expect(printed.add("three\n", offset: 8) == "")
    #expect(printed.add("two\n", offset: 4) == "", "it would come too late")
    #expect(printed.rest(of: "one\ntwo\nthree") == "two\nthree")
  }

  @Test("A place that cannot be is a missed piece", arguments: [-1, Int.min, 1, Int.max])
  func wrongPlace(offset: Int) {
    var printed = LiveOutput.Printed()
    #expect(printed.add("x", offset: offset) == "")
    #expect(printed.hasGap)
  }

  @Test(
    "What follows what was shown",
    arguments: [
      ("", "2", "2"), ("a\n", "a", ""), ("a", "a", "\n"),
      ("a\n", "something else", "something else"),
      ("a", "something else", "\nsomething else"), ("a\n\n", "a", ""),
    ])
  func rest(shown: String, result: String, rest: String) {
    var printed = LiveOutput.Printed()
    _ = printed.add(shown, offset: 0)
    #expect(printed.rest(of: result) == rest)
  }
}
