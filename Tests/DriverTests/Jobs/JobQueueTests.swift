// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyDriver
import Testing

@Suite("The queue of jobs")
struct JobQueueTests {
  private func job(_ number: UInt64, bytes: Int = 1) -> Job {
    Job(
      number: JobNumber(number), kind: .pyspark,
      program: Array(repeating: UInt8(truncatingIfNeeded: number), count: bytes))
  }

  private func open(_ adjust: (inout JobLimits) -> Void = { _ in }) -> JobQueue {
    var limits = JobLimits()
    adjust(&limits)
    var queue = JobQueue(limits: limits)
    queue.open()
    return queue
  }

  private func report(_ queue: JobQueue, _ number: UInt64) -> JobReport? {
    queue.report(of: JobNumber(number))
  }

  @Test("Jobs wait until the Spark session exists, and then run in the order in which they came")
  func order() {
    var queue = JobQueue()
    #expect(queue.accept(job(1), on: .submitted) == .taken)
    #expect(queue.accept(job(4), on: .submitted) == .taken)
    #expect(queue.accept(job(3), on: .submitted) == .taken)
    #expect(queue.take(from: .submitted) == nil)
    #expect(report(queue, 1) == .queued)
    queue.open()
    for number in [1, 4, 3] as [UInt64] {
      #expect(queue.take(from: .submitted) == job(number))
      #expect(queue.take(from: .submitted) == nil, "one at a time")
      #expect(report(queue, number) == .started)
      queue.finish(.submitted, .succeeded([UInt8(number)]))
      #expect(report(queue, number) == .succeeded([UInt8(number)]))
    }
    #expect(queue.last == JobNumber(4))
    #expect(report(queue, 2) == nil)
  }

  @Test("A job beside the queue runs while another runs")
  func lines() {
    var queue = open()
    _ = queue.accept(job(1), on: .submitted)
    _ = queue.accept(job(2), on: .submitted)
    _ = queue.accept(job(3), on: .direct)
    #expect(queue.take(from: .submitted) == job(1))
    #expect(queue.take(from: .direct) == job(3))
    queue.finish(.direct, .failed("no"))
    #expect(report(queue, 3) == .failed("no"))
    #expect(report(queue, 1) == .started)
    #expect(report(queue, 2) == .queued)
  }

  @Test("A number that was seen before changes nothing, whatever became of its job")
  func known() {
    var queue = open { $0.finishedMax = 1 }
    _ = queue.accept(job(1), on: .submitted)
    #expect(queue.accept(job(1, bytes: 9), on: .direct) == .known)
    #expect(queue.take(from: .direct) == nil)
    _ = queue.take(from: .submitted)
    #expect(queue.accept(job(1), on: .submitted) == .known)
    queue.finish(.submitted, .cancelled)
    _ = queue.accept(job(2), on: .submitted)
    _ = queue.take(from: .submitted)
    queue.finish(.submitted, .cancelled)
    #expect(report(queue, 1) == nil, "forgotten")
    #expect(queue.accept(job(1), on: .submitted) == .known)
    #expect(queue.take(from: .submitted) == nil)
  }

  @Test("Of the numbers only so many are known; those below them count as seen")
  func numbers() {
    var queue = open { $0.numbersMax = 2 }
    for number in [5, 7, 9] as [UInt64] {
      #expect(queue.accept(job(number), on: .submitted) == .taken)
    }
    #expect(queue.accept(job(4), on: .submitted) == .known)
    #expect(queue.accept(job(5), on: .submitted) == .known)
    #expect(queue.accept(job(6), on: .submitted) == .taken)
    #expect(queue.last == JobNumber(9))
  }

  @Test(
    "A waiting job that is cancelled never runs; a running one is cancelled whatever it came to")
  func cancelling() {
    var queue = open()
    for number in 1...3 as ClosedRange<UInt64> { _ = queue.accept(job(number), on: .submitted) }
    _ = queue.take(from: .submitted)
    queue.cancel(JobNumber(2))
    #expect(report(queue, 2) == .cancelled)
    #expect(!queue.isCancelling(JobNumber(1)))
    queue.cancel(JobNumber(1))
    #expect(queue.isCancelling(JobNumber(1)))
    #expect(report(queue, 1) == .started)
    queue.finish(.submitted, .succeeded([1]))
    #expect(report(queue, 1) == .cancelled)
    #expect(!queue.isCancelling(JobNumber(1)))
    #expect(queue.take(from: .submitted) == job(3))
    queue.finish(.submitted, .succeeded([3]))
    queue.cancel(JobNumber(3))
    queue.cancel(JobNumber(99))
    #expect(report(queue, 3) == .succeeded([3]), "what is over stays as it is")
    #expect(report(queue, 99) == nil)
  }

  @Test("The newest ends are kept, by their number and by their bytes")
  func kept() {
    var queue = open {
      $0.finishedMax = 3
      $0.finishedBytesMax = 10
    }
    func run(_ number: UInt64, _ bytes: Int) {
      _ = queue.accept(job(number), on: .submitted)
      _ = queue.take(from: .submitted)
      queue.finish(.submitted, .succeeded(Array(repeating: 0, count: bytes)))
    }
    func kept() -> [UInt64] { (1...9).filter { report(queue, $0) != nil } }
    for number in 1...4 as ClosedRange<UInt64> { run(number, 1) }
    #expect(kept() == [2, 3, 4])
    run(5, 9)
    #expect(kept() == [4, 5])
    run(6, 50)
    #expect(kept() == [6], "the newest is kept, however large")
    run(7, 0)
    #expect(kept() == [7])
  }

  @Test("Too large a program, too many jobs and too many bytes are refused, and leave no trace")
  func limits() {
    var queue = open {
      $0.programBytesMax = 4
      $0.waitingMax = 2
      $0.waitingBytesMax = 6
    }
    #expect(queue.accept(job(1, bytes: 5), on: .submitted) == .tooLarge)
    #expect(queue.accept(job(1, bytes: 4), on: .submitted) == .taken)
    #expect(queue.accept(job(2, bytes: 3), on: .direct) == .full)
    #expect(queue.accept(job(2, bytes: 2), on: .direct) == .taken)
    #expect(queue.accept(job(3, bytes: 0), on: .direct) == .full)
    _ = queue.take(from: .submitted)
    #expect(queue.accept(job(3, bytes: 4), on: .direct) == .taken)
    queue.cancel(JobNumber(3))
    #expect(queue.accept(job(4, bytes: 4), on: .direct) == .taken)
  }

  @Test("Without a Spark session every job fails with the reason")
  func failedStart() {
    var queue = JobQueue()
    _ = queue.accept(job(1), on: .submitted)
    queue.fail("no master")
    #expect(report(queue, 1) == .failed("no master"))
    #expect(queue.accept(job(2), on: .direct) == .taken)
    #expect(report(queue, 2) == .failed("no master"))
    queue.open()
    #expect(queue.take(from: .direct) == nil)
  }

  @Test("After the end nothing is taken, and what waited is cancelled")
  func end() {
    var queue = open()
    _ = queue.accept(job(1), on: .submitted)
    _ = queue.accept(job(2), on: .submitted)
    _ = queue.take(from: .submitted)
    queue.end()
    #expect(queue.isEnded)
    #expect(report(queue, 2) == .cancelled)
    #expect(queue.accept(job(3), on: .submitted) == .ended)
    queue.finish(.submitted, .failed("gone"))
    #expect(report(queue, 1) == .failed("gone"))
    #expect(queue.take(from: .submitted) == nil)
  }
}
