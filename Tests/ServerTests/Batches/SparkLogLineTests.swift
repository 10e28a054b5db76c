// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import LivyServer

@Suite struct SparkLogLineTests {
  @Test(
    "Spark's routine lines are told from all others",
    arguments: [
      ("24/03/01 12:00:00 INFO SparkContext: x", true), ("24/03/01 12:00:00 DEBUG x", true),
      ("24/03/01 12:00:00 TRACE x", true), ("24/03/01 12:00:00 WARN x", false),
      ("24/03/01 12:00:00 ERROR x", false), ("24/03/01 12:00:00 ", false),
      ("24/03/01 12:00:00", false), ("", false), ("INFO x", false),
      ("2४/03/01 12:00:00 INFO x", false),
      ("ValueError: 24/03/01 12:00:00 INFO x", false), ("24/03/01 12:00:00 INFORMAL x", false),
    ])
  func routine(line: String, isRoutine: Bool) {
    #expect(SparkLogLine.isRoutine(line) == isRoutine)
  }
}
