// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

/// An actor that lives on a loop.
private actor Counter {
  let loop: EventLoop
  private var count = 0

  init(loop: EventLoop) {
    self.loop = loop
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  func add() -> Bool {
    count += 1
    return loop.isCurrent
  }

  var total: Int { count }
}

@Suite struct EventLoopTests {
  @Test("Calls to an actor on the loop run on its thread and none is lost")
  func calls() async throws {
    let loop = try EventLoop.start(name: "test-calls")
    let counter = Counter(loop: loop)
    let callsPerTask = 25_000
    let strayed = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var strayed = 0
          for _ in 0..<callsPerTask where await !counter.add() { strayed += 1 }
          return strayed
        }
      }
      return await group.reduce(0, +)
    }
    #expect(strayed == 0)
    #expect(await counter.total == 8 * callsPerTask)
    await loop.stop()
  }

  @Test("A task that prefers the loop's executor runs on its thread, also after it was suspended")
  func taskExecutor() async throws {
    let loop = try EventLoop.start(name: "test-tasks")
    let places = await Task(executorPreference: loop.taskExecutor) {
      let before = loop.isCurrent
      await Task.yield()
      try? await Task.sleep(for: .milliseconds(1))
      return [before, loop.isCurrent]
    }.value
    #expect(places == [true, true])
    #expect(!loop.isCurrent)
    await loop.stop()
  }

  @Test("The loop knows its own thread, and assumeIsolated works from a callback on it")
  func isolation() async throws {
    let loop = try EventLoop.start(name: "test-isolation")
    let counter = Counter(loop: loop)
    let isOnLoop = await loop.run { counter.assumeIsolated { $0.add() } }
    #expect(isOnLoop)
    #expect(loop.isIsolatingCurrentContext() == false)
    #expect(await loop.run { loop.isIsolatingCurrentContext() } == true)
    await loop.stop()
  }

  @Test("Submissions of one thread run in their order")
  func order() async throws {
    let loop = try EventLoop.start(name: "test-order")
    let seen = Locked<[Int]>([])
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      for number in 0..<10_000 {
        loop.submit { seen.withLock { $0.append(number) } }
      }
      loop.submit { done.resume() }
    }
    #expect(seen.withLock { $0 } == Array(0..<10_000))
    await loop.stop()
  }

  @Test("What is submitted on the loop runs in a later turn, not at once")
  func laterTurn() async throws {
    let loop = try EventLoop.start(name: "test-later")
    let steps = Locked<[String]>([])
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      loop.submit {
        loop.submit {
          steps.withLock { $0.append("inner") }
          done.resume()
        }
        steps.withLock { $0.append("outer") }
      }
    }
    #expect(steps.withLock { $0 } == ["outer", "inner"])
    await loop.stop()
  }

  @Test("A turn's flush comes after the turn's work and may ask for another one")
  func turnFlush() async throws {
    final class Steps: TurnFlush, Sendable {
      let loop: EventLoop
      let seen = Locked<[String]>([])
      init(loop: EventLoop) { self.loop = loop }
      func flush() {
        let count = seen.withLock { seen in
          seen.append("flush")
          return seen.count
        }
        if count < 4 { loop.flushAtTurnEnd(self) }
      }
    }
    let loop = try EventLoop.start(name: "test-flush")
    let steps = Steps(loop: loop)
    loop.submit {
      loop.flushAtTurnEnd(steps)
      loop.submit { steps.seen.withLock { $0.append("work") } }
      steps.seen.withLock { $0.append("work") }
    }
    #expect(await eventually { steps.seen.withLock { $0.count } == 4 })
    #expect(steps.seen.withLock { $0 } == ["work", "work", "flush", "flush"])
    await loop.stop()
  }

  @Test("Work that is submitted after the stop still runs, and tasks do not hang")
  func lateWork() async throws {
    let loop = try EventLoop.start(name: "test-late")
    let counter = Counter(loop: loop)
    await loop.stop()
    await loop.stop()
    for _ in 0..<200 { #expect(await counter.add()) }
    #expect(await counter.total == 200)
  }

  @Test("A loop can be stopped by a task that runs on it")
  func stopFromWithin() async throws {
    let loop = try EventLoop.start(name: "test-within")
    await Task(executorPreference: loop.taskExecutor) { await loop.stop() }.value
  }

  @Test("Many stops at once all return")
  func manyStops() async throws {
    for _ in 0..<50 {
      let loop = try EventLoop.start(name: "test-stops")
      await withTaskGroup { group in
        for _ in 0..<4 { group.addTask { await loop.stop() } }
      }
    }
  }
}
