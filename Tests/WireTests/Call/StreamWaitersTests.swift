// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Wire

@Suite("Who waits for items")
struct StreamWaitersTests {
  @Test("A reader that was woken is the call's reader until he leaves, and nobody else may read")
  func wokenReader() async {
    let call = CallID(rawValue: 7)
    var waiters = StreamWaiters()
    let first = waiters.startReading(call)
    #expect(first)
    await withCheckedContinuation { continuation in
      waiters.wait(forItemOf: call, continuation)
      waiters.wakeReader(of: call)
    }
    #expect(waiters.hasReader(call))
    let second = waiters.startReading(call)
    #expect(!second)
    waiters.wakeAll()  // Nobody waits: nothing is resumed twice.
    waiters.endReading(call)
    let next = waiters.startReading(call)
    #expect(next)
  }
}
