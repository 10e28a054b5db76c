// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyServer
import Testing

@Suite("The last words of an application")
struct SessionLogTests {
  private static func last(_ errors: [String], _ output: [String], max: Int = 4) -> [String] {
    SessionLog.lastLines(
      ApplicationLog(standardOutput: output, standardError: errors), max: max, lengthMax: 10)
  }

  @Test(
    "Both streams are told: each has half of the room, and what the other leaves",
    arguments: [
      (["1", "2", "3"], ["a", "b", "c"], ["2", "3", "b", "c"]),
      (["1", "2", "3", "4", "5"], [], ["2", "3", "4", "5"]),
      ([], ["a", "b", "c", "d", "e"], ["b", "c", "d", "e"]),
      (["1", "2", "3", "4"], ["a"], ["2", "3", "4", "a"]),
      (["1"], ["a", "b", "c", "d"], ["1", "b", "c", "d"]),
      (["1", " ", "\t", ""], ["", "a"], ["1", "a"]),
      ([], [], []),
    ])
  func room(errors: [String], output: [String], told: [String]) {
    #expect(Self.last(errors, output) == told)
  }

  @Test("An odd room, none, and less than none hold")
  func rooms() {
    #expect(Self.last(["1", "2", "3"], ["a", "b"], max: 3) == ["2", "3", "b"])
    #expect(Self.last(["1"], ["a"], max: 0) == [])
    #expect(Self.last(["1"], ["a"], max: -1) == [])
  }

  @Test("A long line is cut")
  func long() {
    #expect(Self.last(["0123456789ab"], []) == ["0123456789 ..."])
  }
}
