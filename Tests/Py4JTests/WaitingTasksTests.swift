// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J
internal import Testing

/// Each test ends only if every wait is resumed, and traps if one is resumed twice.
@Suite("Who waits for a change")
struct WaitingTasksTests {
  @Test("What happens between a look and the wait ends the wait")
  func between() async {
    var tasks = WaitingTasks()
    let seen = tasks.wakes
    tasks.wakeAll()
    let late = tasks.ticket(since: seen)
    await withCheckedContinuation { tasks.park(late, $0) }
    let announced = tasks.ticket(since: tasks.wakes)
    tasks.wakeAll()
    await withCheckedContinuation { tasks.park(announced, $0) }
    let cancelled = tasks.ticket()
    tasks.wake(cancelled)
    await withCheckedContinuation { tasks.park(cancelled, $0) }
  }

  @Test("Who is parked is woken once, by a change or by his own cancellation")
  func parked() async {
    var tasks = WaitingTasks()
    let first = tasks.ticket()
    await withCheckedContinuation {
      tasks.park(first, $0)
      tasks.wakeAll()
      tasks.wakeAll()
      tasks.wake(first)
    }
    let second = tasks.ticket()
    await withCheckedContinuation {
      tasks.park(second, $0)
      tasks.wake(second)
      tasks.wakeAll()
    }
    #expect(tasks.isEmpty)
  }

  @Test("A cancellation that comes after the end leaves nothing")
  func lateCancellation() async {
    var tasks = WaitingTasks()
    let ticket = tasks.ticket()
    await withCheckedContinuation {
      tasks.park(ticket, $0)
      tasks.wakeAll()
    }
    tasks.wake(ticket)
    #expect(tasks.isEmpty)
  }
}
