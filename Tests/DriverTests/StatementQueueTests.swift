// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import Testing

struct StatementQueueTests {
  private static let output = StatementOutput.success([.plain("2")])
  private static let failure = StatementFailure(name: "Error", value: "Interpreter died:\nwhy")

  private func request(_ number: UInt64, kind: StatementKind = .sql) -> ExecuteRequest {
    ExecuteRequest(statement: StatementID(number), kind: kind, code: "code", epoch: 1)
  }

  private func readyQueue() -> StatementQueue {
    var queue = StatementQueue()
    #expect(queue.start() == [.state(.starting)])
    #expect(queue.ready() == [.state(.idle)])
    return queue
  }

  private func started(_ number: UInt64, at time: Int64) -> DriverEvent.What {
    .started(StatementID(number), atMilliseconds: time)
  }

  private func finished(_ number: UInt64, at time: Int64) -> DriverEvent.What {
    .finished(StatementID(number), .output(Self.output), atMilliseconds: time)
  }

  @Test("One statement: busy, started, idle, finished")
  func one() {
    var queue = readyQueue()
    #expect(queue.accept(request(0)) == .taken)
    #expect(
      queue.take(atMilliseconds: 5)
        == .run(request(0), telling: [.state(.busy), started(0, at: 5)]))
    #expect(
      queue.finish(StatementID(0), Self.output, atMilliseconds: 9)
        == [.state(.idle), finished(0, at: 9)])
    #expect(queue.take(atMilliseconds: 10) == .wait(telling: []))
  }

  @Test("While others wait the state stays busy; the kinds share one queue")
  func several() {
    var queue = readyQueue()
    #expect(queue.accept(request(0, kind: .pyspark)) == .taken)
    #expect(queue.accept(request(1, kind: .sql)) == .taken)
    _ = queue.take(atMilliseconds: 1)
    #expect(queue.take(atMilliseconds: 2) == .wait(telling: []))
    #expect(
      queue.finish(StatementID(0), Self.output, atMilliseconds: 3) == [finished(0, at: 3)])
    #expect(
      queue.take(atMilliseconds: 4) == .run(request(1, kind: .sql), telling: [started(1, at: 4)]))
    #expect(
      queue.finish(StatementID(1), Self.output, atMilliseconds: 5)
        == [.state(.idle), finished(1, at: 5)])
  }

  @Test("An id seen before changes nothing: waiting, running, or done")
  func seenBefore() {
    var queue = readyQueue()
    #expect(queue.accept(request(0)) == .taken)
    #expect(queue.accept(request(0)) == .known)
    _ = queue.take(atMilliseconds: 1)
    #expect(queue.accept(request(0)) == .known)
    _ = queue.finish(StatementID(0), Self.output, atMilliseconds: 2)
    #expect(queue.accept(request(0)) == .known)
    #expect(queue.take(atMilliseconds: 3) == .wait(telling: []))
  }

  @Test("Statements run in the order of their ids, whatever order they come in")
  func overtaken() {
    var queue = readyQueue()
    for number in [2, 1] as [UInt64] {
      #expect(queue.accept(request(number)) == .taken)
      #expect(queue.take(atMilliseconds: 0) == .wait(telling: []))
    }
    #expect(queue.accept(request(0)) == .taken)
    for number in 0..<3 as Range<UInt64> {
      guard case .run(let next, _) = queue.take(atMilliseconds: 1) else {
        Issue.record("nothing to run")
        return
      }
      #expect(next.statement == StatementID(number))
      _ = queue.finish(next.statement, Self.output, atMilliseconds: 2)
    }
  }

  @Test("What comes before the session is ready waits, and idle is not told in between")
  func earlyStatement() {
    var queue = StatementQueue()
    #expect(queue.accept(request(0)) == .taken)
    #expect(queue.take(atMilliseconds: 0) == .wait(telling: []))
    #expect(queue.start() == [.state(.starting)])
    #expect(queue.take(atMilliseconds: 0) == .wait(telling: []))
    #expect(queue.ready() == [])
    #expect(
      queue.take(atMilliseconds: 1)
        == .run(request(0), telling: [.state(.busy), started(0, at: 1)]))
  }

  @Test(
    "When an interpreter dies, the running, the waiting and the coming statements end in its error")
  func death() {
    var queue = readyQueue()
    for number in 0..<3 as Range<UInt64> { _ = queue.accept(request(number)) }
    _ = queue.take(atMilliseconds: 1)
    let ends = (0..<3 as Range<UInt64>).map {
      DriverEvent.What.finished(StatementID($0), .failure(Self.failure), atMilliseconds: 2)
    }
    #expect(queue.fail(Self.failure, atMilliseconds: 2) == [.state(.error)] + ends)
    #expect(queue.fail(Self.failure, atMilliseconds: 3) == [])
    #expect(queue.finish(StatementID(0), Self.output, atMilliseconds: 3) == [])
    #expect(queue.accept(request(3)) == .taken)
    #expect(
      queue.take(atMilliseconds: 4)
        == .wait(telling: [
          .finished(StatementID(3), .failure(Self.failure), atMilliseconds: 4)
        ]))
  }

  @Test("A start that fails is an error, too")
  func failedStart() {
    var queue = StatementQueue()
    _ = queue.start()
    _ = queue.accept(request(0))
    #expect(
      queue.fail(Self.failure, atMilliseconds: 1)
        == [
          .state(.error),
          .finished(StatementID(0), .failure(Self.failure), atMilliseconds: 1),
        ])
    #expect(queue.ready() == [])
  }

  @Test("After the end nothing is taken, run, or told")
  func ended() {
    var queue = readyQueue()
    _ = queue.accept(request(0))
    _ = queue.take(atMilliseconds: 1)
    queue.end()
    #expect(queue.accept(request(1)) == .ended)
    #expect(queue.take(atMilliseconds: 2) == .end)
    #expect(queue.finish(StatementID(0), Self.output, atMilliseconds: 2) == [])
    #expect(queue.fail(Self.failure, atMilliseconds: 2) == [])
  }

  @Test("Too many statements, or too much code, is refused and leaves room again")
  func limits() {
    var limits = DriverLimits()
    limits.waitingStatementsMax = 2
    limits.waitingCodeBytesMax = 9
    var queue = StatementQueue(limits: limits)
    _ = queue.start()
    _ = queue.ready()
    #expect(queue.accept(request(0)) == .taken)
    #expect(queue.accept(request(1)) == .taken)
    #expect(queue.accept(request(2)) == .full)
    _ = queue.take(atMilliseconds: 1)
    let long = ExecuteRequest(
      statement: StatementID(3), kind: .sql, code: "123456", epoch: 1)
    #expect(queue.accept(long) == .full)
    #expect(queue.accept(request(4)) == .taken)
  }

  @Test("A refused id holds back nobody: the next one runs after those that were taken")
  func refusedID() {
    var limits = DriverLimits()
    limits.waitingStatementsMax = 1
    var queue = StatementQueue(limits: limits)
    _ = queue.start()
    _ = queue.ready()
    #expect(queue.accept(request(0)) == .taken)
    #expect(queue.accept(request(1)) == .full)
    #expect(queue.accept(request(1)) == .known)
    _ = queue.take(atMilliseconds: 1)
    #expect(queue.accept(request(2)) == .taken)
    #expect(
      queue.finish(StatementID(0), Self.output, atMilliseconds: 2) == [finished(0, at: 2)])
    #expect(
      queue.take(atMilliseconds: 3) == .run(request(2), telling: [started(2, at: 3)]))
  }
}
