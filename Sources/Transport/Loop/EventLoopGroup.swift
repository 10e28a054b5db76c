// SPDX-License-Identifier: Apache-2.0

/// Several loops that share the connections of one process. Started and stopped as one.
package final class EventLoopGroup: Sendable {
  /// At least one.
  package let loops: [EventLoop]
  private let turn = Locked(0)

  /// A group around loops that somebody else starts and stops.
  package init(_ first: EventLoop, _ others: EventLoop...) {
    loops = [first] + others
  }

  private init(_ loops: [EventLoop]) {
    self.loops = loops
  }

  /// Starts `count` loops (at least one), named `name-0` and so on.
  package static func start(
    name: String, count: Int, limits: TransportLimits = TransportLimits()
  ) async throws(TransportError) -> EventLoopGroup {
    var loops: [EventLoop] = []
    do {
      for number in 0..<max(1, count) {
        loops.append(try EventLoop.start(name: "\(name)-\(number)", limits: limits))
      }
    } catch {
      for loop in loops { await loop.stop() }
      throw error
    }
    return EventLoopGroup(loops)
  }

  /// The loops one after the other, for what is not accepted by a `Listener`: that one puts each
  /// connection on the loop that has the fewest.
  package func next() -> EventLoop {
    turn.withLock { turn in
      let loop = loops[turn % loops.count]
      turn = (turn + 1) % loops.count
      return loop
    }
  }

  package func stop() async {
    await withTaskGroup { group in
      for loop in loops { group.addTask { await loop.stop() } }
    }
  }

  /// The sum over the loops, each asked in its own turn.
  package func metrics() async -> TransportMetrics {
    var sum = TransportMetrics()
    for loop in loops { sum.add(await loop.metrics()) }
    return sum
  }
}
