// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import Transport

@Suite struct StreamLifeTests {
  private let cut = TransportError(.reset, "cut")

  @Test("We finish first: flush, goodbye, the peer's end")
  func weFinish() {
    var life = StreamLife()
    #expect(life.isOpen)
    #expect(life.finish() == .finish)
    #expect(!life.isOpen)
    #expect(life.finish() == .none)
    #expect(life.didFlush() == .sendGoodbye)
    #expect(life.didFlush() == .none)
    #expect(life.didSendGoodbye(nil) == .none)
    #expect(!life.isEnded)
    #expect(life.didReceiveEnd() == .close)
    #expect(life.state == .ended(nil))
  }

  @Test("The peer finishes first: what is queued leaves, then it is over")
  func peerFinishes() {
    var life = StreamLife()
    #expect(life.didReceiveEnd() == .finish)
    #expect(life.didFlush() == .sendGoodbye)
    #expect(life.didSendGoodbye(cut) == .close)
    #expect(life.state == .ended(nil))
  }

  @Test("Both finish at once")
  func bothFinish() {
    var life = StreamLife()
    #expect(life.finish() == .finish)
    #expect(life.didReceiveEnd() == .none)
    #expect(life.didFlush() == .sendGoodbye)
    #expect(life.didReceiveEnd() == .none)
    #expect(life.didSendGoodbye(nil) == .close)
    #expect(life.state == .ended(nil))
  }

  @Test("A pipe that only we write into waits for nobody")
  func oneWay() {
    var life = StreamLife(awaitsPeer: false)
    #expect(life.finish() == .finish)
    #expect(life.didFlush() == .sendGoodbye)
    #expect(life.didSendGoodbye(nil) == .close)
    #expect(life.state == .ended(nil))
  }

  @Test("A goodbye that the kernel refuses is an error while the peer is there")
  func goodbyeFails() {
    var life = StreamLife()
    _ = life.finish()
    _ = life.didFlush()
    #expect(life.didSendGoodbye(cut) == .close)
    #expect(life.state == .ended(cut))
  }

  @Test("The first end counts, and after it nothing happens any more")
  func firstEnd() {
    var life = StreamLife()
    #expect(life.fail(cut) == .close)
    #expect(life.fail(TransportError(.cancelled, "late")) == .none)
    #expect(life.finish() == .none)
    #expect(life.didReceiveEnd() == .none)
    #expect(life.didFlush() == .none)
    #expect(life.didSendGoodbye(nil) == .none)
    #expect(life.state == .ended(cut))
  }

  @Test("A flush without a goodbye waiting is only a flush")
  func plainFlush() {
    var life = StreamLife()
    #expect(life.didFlush() == .none)
    #expect(life.isOpen)
  }
}
