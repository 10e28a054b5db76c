// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

@Suite struct SessionFeedTests {
  private static func feed(events: Int = 3, bytes: Int = 1_000) -> SessionFeed {
    var limits = SessionFeed.Limits()
    limits.eventsMax = events
    limits.textBytesMax = bytes
    return SessionFeed(limits: limits)
  }

  private static func printed(_ text: String) -> SessionEvent.What {
    .printed(StatementID(0), offset: 0, text: text)
  }

  @Test("Events are numbered from 1; who has seen some gets the others")
  func numbers() {
    var feed = Self.feed()
    #expect(feed.last == 0 && feed.first == 1 && feed.events(after: 0).isEmpty)
    feed.add(.session(.idle))
    feed.add(.session(.busy))
    #expect(feed.events(after: 0).map(\.number) == [1, 2])
    #expect(feed.events(after: 1) == [SessionEvent(number: 2, what: .session(.busy))])
    #expect(feed.events(after: 2).isEmpty)
    #expect(feed.events(after: .max).isEmpty, "a number that never was")
  }

  @Test("The oldest are forgotten, and the numbers go on")
  func forgotten() {
    var feed = Self.feed(events: 3)
    for _ in 0..<100 { feed.add(.session(.busy)) }
    #expect(feed.first == 98 && feed.last == 100)
    #expect(feed.events(after: 0).map(\.number) == [98, 99, 100])
    #expect(feed.events(after: 98).map(\.number) == [99, 100])
  }

  @Test("Text is bounded by its bytes, also a single piece that is too large")
  func bytes() {
    var feed = Self.feed(events: 100, bytes: 10)
    feed.add(Self.printed("12345"))
    feed.add(Self.printed("6789"))
    #expect(feed.first == 1)
    feed.add(Self.printed("ab"))
    #expect(feed.first == 2)
    feed.add(Self.printed("a piece that is too large"))
    #expect(feed.first == 5 && feed.last == 4 && feed.events(after: 0).isEmpty)
    feed.add(.session(.idle))
    #expect(feed.events(after: 0).map(\.number) == [5])
  }
}
