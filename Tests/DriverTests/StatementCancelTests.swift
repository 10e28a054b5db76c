// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import Testing

/// Cancelling in the queue of statements, by plain calls.
struct StatementCancelTests {
  private static let output = StatementOutput.success([.plain("2")])
  private static let failure = StatementFailure(name: "Error", value: "Interpreter died:\nwhy")

  private func request(_ number: UInt64) -> ExecuteRequest {
    ExecuteRequest(statement: StatementID(number), kind: .sql, code: "code", epoch: 1)
  }

  /// Ready, with statements that wait.
  private func queue(
    waiting: Range<UInt64> = 0..<0, limits: DriverLimits = DriverLimits()
  ) -> StatementQueue {
    var queue = StatementQueue(limits: limits)
    _ = queue.start()
    _ = queue.ready()
    for number in waiting { #expect(queue.accept(request(number)) == .taken) }
    return queue
  }

  private func cancelled(
    _ number: UInt64, _ output: StatementOutput? = nil, at time: Int64
  ) -> DriverEvent.What {
    .finished(StatementID(number), .cancelled(output), atMilliseconds: time)
  }

  private func runs(_ queue: inout StatementQueue) -> UInt64? {
    guard case .run(let request, _) = queue.take(atMilliseconds: 1) else { return nil }
    return request.statement.number
  }

  @Test("A waiting statement is told as cancelled at once and never runs; its neighbours do")
  func waiting() {
    var queue = queue(waiting: 0..<3)
    #expect(runs(&queue) == 0)
    #expect(
      queue.cancel(StatementID(1), atMilliseconds: 4) == .waited(telling: [cancelled(1, at: 4)]))
    #expect(queue.cancel(StatementID(1), atMilliseconds: 5) == .over)
    #expect(queue.accept(request(1)) == .known)
    _ = queue.finish(StatementID(0), Self.output, atMilliseconds: 6)
    #expect(runs(&queue) == 2)
    #expect(queue.cancel(StatementID(0), atMilliseconds: 7) == .over)
    #expect(queue.cancel(StatementID(1), atMilliseconds: 7) == .over)
  }

  @Test("When the last waiting one is cancelled before its turn, idle is told before its end")
  func idle() {
    var queue = queue(waiting: 0..<2)
    #expect(runs(&queue) == 0)
    // The next one waits: still busy.
    _ = queue.finish(StatementID(0), Self.output, atMilliseconds: 2)
    #expect(queue.told == .busy)
    #expect(
      queue.cancel(StatementID(1), atMilliseconds: 3)
        == .waited(telling: [.state(.idle), cancelled(1, at: 3)]))
    #expect(queue.take(atMilliseconds: 4) == .wait(telling: []))
  }

  @Test("While one runs, the end of a waiting one tells nothing of the state; idle comes later")
  func noIdle() {
    var queue = queue(waiting: 0..<2)
    #expect(runs(&queue) == 0)
    #expect(
      queue.cancel(StatementID(1), atMilliseconds: 3) == .waited(telling: [cancelled(1, at: 3)]))
    #expect(
      queue.finish(StatementID(0), Self.output, atMilliseconds: 5) == [
        .state(.idle), .finished(StatementID(0), .output(Self.output), atMilliseconds: 5),
      ])
  }

  @Test("One that is cancelled before the session is ready holds back neither idle nor the next")
  func starting() {
    var queue = StatementQueue()
    _ = queue.accept(request(0))
    #expect(
      queue.cancel(StatementID(0), atMilliseconds: 1) == .waited(telling: [cancelled(0, at: 1)]))
    _ = queue.start()
    #expect(queue.ready() == [.state(.idle)])
    #expect(queue.accept(request(1)) == .taken)
    #expect(runs(&queue) == 1)
  }

  @Test("A cancellation that overtakes its statement is remembered: the statement changes nothing")
  func early() {
    var queue = queue()
    #expect(
      queue.cancel(StatementID(1), atMilliseconds: 1) == .waited(telling: [cancelled(1, at: 1)]))
    #expect(queue.accept(request(2)) == .taken)
    #expect(queue.accept(request(1)) == .known)
    #expect(queue.take(atMilliseconds: 2) == .wait(telling: []))
    #expect(queue.accept(request(0)) == .taken)
    #expect(runs(&queue) == 0)
    _ = queue.finish(StatementID(0), Self.output, atMilliseconds: 3)
    #expect(runs(&queue) == 2)
  }

  @Test("Only so many ids that never run are remembered")
  func limit() {
    var limits = DriverLimits()
    limits.skippedStatementsMax = 2
    var queue = queue(waiting: 0..<1, limits: limits)
    for number in [5, .max] as [UInt64] {
      #expect(
        queue.cancel(StatementID(number), atMilliseconds: 1)
          == .waited(telling: [cancelled(number, at: 1)]))
    }
    #expect(queue.cancel(StatementID(6), atMilliseconds: 1) == .full)
    #expect(queue.cancel(StatementID(5), atMilliseconds: 1) == .over)
    #expect(runs(&queue) == 0)
    #expect(queue.cancel(StatementID(0), atMilliseconds: 1) == .ran)
  }

  @Test("A running one is told as cancelled when its code ends, after idle, with its output")
  func running() {
    var queue = queue(waiting: 0..<1)
    #expect(runs(&queue) == 0)
    #expect(!queue.isCancelling(StatementID(0)))
    for _ in 0..<2 { #expect(queue.cancel(StatementID(0), atMilliseconds: 2) == .ran) }
    #expect(queue.isCancelling(StatementID(0)))
    #expect(queue.take(atMilliseconds: 3) == .wait(telling: []))
    #expect(
      queue.finish(StatementID(0), Self.output, atMilliseconds: 4)
        == [.state(.idle), cancelled(0, Self.output, at: 4)])
    #expect(!queue.isCancelling(StatementID(0)))
    #expect(queue.giveUp(StatementID(0), atMilliseconds: 5) == [])
    #expect(queue.cancel(StatementID(0), atMilliseconds: 6) == .over)
  }

  @Test("When the patience is over it is told as cancelled, but nothing runs until its code ends")
  func abandoned() {
    var queue = queue(waiting: 0..<2)
    #expect(runs(&queue) == 0)
    #expect(queue.giveUp(StatementID(0), atMilliseconds: 1) == [], "nobody cancelled it")
    #expect(queue.cancel(StatementID(0), atMilliseconds: 2) == .ran)
    #expect(queue.heard == StatementID(0) && queue.held == nil)
    #expect(
      queue.giveUp(StatementID(0), atMilliseconds: 3) == [
        .held(StatementID(0)), cancelled(0, at: 3),
      ])
    #expect(queue.heard == nil && queue.held == StatementID(0))
    #expect(queue.giveUp(StatementID(0), atMilliseconds: 4) == [])
    #expect(!queue.isCancelling(StatementID(0)))
    #expect(queue.wasCancelled(StatementID(0)))
    #expect(queue.cancel(StatementID(0), atMilliseconds: 5) == .over)
    #expect(queue.take(atMilliseconds: 6) == .wait(telling: []))
    #expect(queue.told == .busy)
    #expect(queue.finish(StatementID(0), Self.output, atMilliseconds: 7) == [])
    #expect(runs(&queue) == 1)
    #expect(queue.finish(StatementID(1), Self.output, atMilliseconds: 8).first == .state(.idle))
  }

  @Test("The late end of an abandoned one alone makes the session idle, and tells it not again")
  func abandonedAlone() {
    var queue = queue(waiting: 0..<1)
    #expect(runs(&queue) == 0)
    _ = queue.cancel(StatementID(0), atMilliseconds: 2)
    _ = queue.giveUp(StatementID(0), atMilliseconds: 3)
    #expect(queue.finish(StatementID(0), Self.output, atMilliseconds: 7) == [.state(.idle)])
  }

  @Test("When the interpreter dies, a cancelled one ends as cancelled, an abandoned one not again")
  func death() {
    var cancelling = queue(waiting: 0..<1)
    #expect(runs(&cancelling) == 0)
    _ = cancelling.cancel(StatementID(0), atMilliseconds: 2)
    var abandoned = cancelling
    #expect(
      cancelling.fail(Self.failure, atMilliseconds: 3)
        == [.state(.error), cancelled(0, .failure(Self.failure), at: 3)])
    _ = abandoned.giveUp(StatementID(0), atMilliseconds: 3)
    #expect(abandoned.fail(Self.failure, atMilliseconds: 4) == [.state(.error)])
  }

  @Test("After the end there is nothing to cancel")
  func ended() {
    var queue = queue(waiting: 0..<2)
    #expect(runs(&queue) == 0)
    _ = queue.cancel(StatementID(0), atMilliseconds: 1)
    queue.end()
    for number in 0..<3 as Range<UInt64> {
      #expect(queue.cancel(StatementID(number), atMilliseconds: 2) == .over)
    }
    #expect(queue.giveUp(StatementID(0), atMilliseconds: 3) == [])
  }
}
