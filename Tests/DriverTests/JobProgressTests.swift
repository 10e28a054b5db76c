// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import LivyDriver

struct JobProgressTests {
  private func tasks(_ completed: Int64, _ all: Int64) -> JobProgress.Tasks {
    JobProgress.Tasks(completed: completed, all: all)
  }

  @Test("The fraction is of all tasks of all jobs, and is told when it changes")
  func fraction() {
    var progress = JobProgress()
    #expect(progress.news() == nil)
    progress.record(1, [tasks(1, 2), tasks(0, 2)], isOver: false)
    #expect(progress.news() == 0.25)
    #expect(progress.news() == nil)
    progress.record(2, [tasks(0, 4)], isOver: false)
    #expect(progress.news() == 0.125)
  }

  @Test("A job that is over counts in full, skipped stages too, and is not asked about again")
  func over() {
    var progress = JobProgress()
    progress.record(1, [tasks(2, 2), tasks(0, 2)], isOver: true)
    #expect(progress.news() == 1)
    #expect(progress.open(of: [1, 2, 3], max: 10) == [3, 2])
    #expect(progress.open(of: [1, 2, 3], max: 1) == [3])
  }

  @Test("Numbers that make no sense stay within 0 and 1")
  func nonsense() {
    var progress = JobProgress()
    progress.record(1, [tasks(7, 2), tasks(-3, -5), tasks(5, 0)], isOver: false)
    #expect(progress.fraction == 1)
    progress.record(1, [], isOver: true)
    #expect(progress.fraction == 0)
    progress.record(1, [tasks(.max, .max), tasks(.max, .max)], isOver: false)
    #expect(progress.fraction == 1)
  }
}
