// SPDX-License-Identifier: Apache-2.0

/// Answers in the order of their calls, whatever order they come in: each has the place of its
/// call's number, and the first that is missing holds back the others. Confined to a loop.
@usableFromInline
final class CallRing<Response: WireMessage> {
  @usableFromInline typealias Answer = Result<Response, CallError>

  @usableFromInline var places: [Answer?]
  @usableFromInline let mask: UInt32
  /// Numbers of the next call and of the next answer to take; they wrap around.
  @usableFromInline var nextCall: UInt32 = 0
  @usableFromInline var nextAnswer: UInt32 = 0
  /// Calls whose answer has not come.
  @usableFromInline var openCount = 0
  /// Valid while calls are open.
  @usableFromInline var key = SinkTable.Key.none
  @usableFromInline var waiter: UnsafeContinuation<Void, Never>?

  /// - Parameter places: at least 1.
  @inlinable
  init(places count: Int) {
    let power = 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    places = Array(repeating: nil, count: power)
    mask = UInt32(truncatingIfNeeded: power - 1)
  }

  /// Calls that were made and whose answer was not taken.
  @inlinable var pendingCount: Int { Int(nextCall &- nextAnswer) }

  @inlinable
  func put(_ answer: Answer, at tag: UInt32, of core: ConnectionCore) {
    places[Int(tag & mask)] = answer
    openCount -= 1
    if openCount == 0 { core.removeSink(key) }
    if tag == nextAnswer, let waiter {
      self.waiter = nil
      waiter.resume()
    }
  }

  @inlinable
  func takeNext() -> Answer? {
    let place = Int(nextAnswer & mask)
    guard let answer = places[place].take() else { return nil }
    nextAnswer &+= 1
    return answer
  }

  /// Waits until the next answer is there.
  @inlinable
  func wait() async {
    precondition(waiter == nil, "two tasks read one stream of calls")
    await withUnsafeContinuation { continuation in
      // A task that belongs to an actor and prefers an executor is put off once more on its way
      // here.
      if places[Int(nextAnswer & mask)] == nil {
        waiter = continuation
      } else {
        continuation.resume()
      }
    }
  }
}
