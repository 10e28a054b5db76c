// SPDX-License-Identifier: Apache-2.0

/// How far the Spark jobs of one statement are: completed tasks of all tasks of the jobs known so
/// far.
struct JobProgress: Equatable {
  struct Tasks: Equatable {
    var completed: Int64
    var all: Int64
  }

  private var over: [Int32: Tasks] = [:]
  private var active: [Int32: Tasks] = [:]
  private var told = 0.0

  /// Of these jobs, those that Spark has to be asked about, the newest first: what is over stays
  /// so.
  func open(of jobs: [Int32], max: Int) -> [Int32] {
    Array(jobs.filter { over[$0] == nil }.sorted(by: >).prefix(max))
  }

  mutating func record(_ job: Int32, _ stages: [Tasks], isOver: Bool) {
    var sum = Tasks(completed: 0, all: 0)
    for stage in stages {
      // Java's numbers are ints: clamped to them, no sum of a job's stages can overflow.
      let all = Int64(Int32(clamping: Swift.max(0, stage.all)))
      sum.all += all
      sum.completed += Swift.min(Swift.max(0, stage.completed), all)
    }
    if isOver {
      // Stages that Spark skipped never complete a task.
      active[job] = nil
      over[job] = Tasks(completed: sum.all, all: sum.all)
    } else {
      active[job] = sum
    }
  }

  var fraction: Double {
    var completed: Int64 = 0
    var all: Int64 = 0
    for tasks in [over, active].flatMap(\.values) {
      completed += tasks.completed
      all += tasks.all
    }
    return all == 0 ? 0 : Double(completed) / Double(all)
  }

  /// The fraction, when it is another than the one told before.
  mutating func news() -> Double? {
    let now = fraction
    guard now != told else { return nil }
    told = now
    return now
  }
}
