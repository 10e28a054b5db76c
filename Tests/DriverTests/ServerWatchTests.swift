// SPDX-License-Identifier: Apache-2.0

internal import LivyDriver
internal import Testing
internal import Transport

struct ServerWatchTests {
  private static let start = LoopInstant(nanoseconds: 1_000)

  private func after(_ seconds: Int) -> LoopInstant {
    Self.start.advanced(by: .seconds(seconds))
  }

  private let watch = ServerWatch(patience: .seconds(10), now: start)

  @Test("A driver that never finds its server ends after its patience")
  func neverConnected() {
    #expect(watch.verdict(now: after(0)) == .wait(until: after(10)))
    #expect(watch.verdict(now: after(9)) == .wait(until: after(10)))
    #expect(watch.verdict(now: after(10)) == .end)
  }

  @Test("A driver with a server stays, however long")
  func connected() {
    var watch = watch
    watch.connected()
    #expect(watch.verdict(now: after(1_000_000)) == .stay)
  }

  @Test("The patience begins with the loss, and a second loss does not prolong it")
  func lost() {
    var watch = watch
    watch.connected()
    watch.lost(now: after(100))
    #expect(watch.verdict(now: after(101)) == .wait(until: after(110)))
    watch.lost(now: after(105))
    #expect(watch.verdict(now: after(109)) == .wait(until: after(110)))
    #expect(watch.verdict(now: after(110)) == .end)
  }

  @Test("A server that comes back in time ends the wait")
  func cameBack() {
    var watch = watch
    watch.connected()
    watch.lost(now: after(1))
    watch.connected()
    #expect(watch.verdict(now: after(100)) == .stay)
    watch.lost(now: after(200))
    #expect(watch.verdict(now: after(201)) == .wait(until: after(210)))
  }
}
