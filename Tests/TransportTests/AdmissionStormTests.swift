// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import Transport

/// The book at full size, with a machine that manages so many handshakes in a millisecond.
@Suite struct AdmissionStormTests {
  /// One simulated listener: honest peers end their handshake when the machine has done its work,
  /// hostile ones when their time is over.
  private struct Storm {
    var limits = TransportLimits()
    var book: AdmissionBook
    var now = LoopInstant(nanoseconds: 1_000_000_000)
    var honest: Set<UInt64> = []
    var identified = 0
    var turnedAway = 0
    private var work: ArraySlice<AdmissionBook.Visitor> = []
    private var stalled: ArraySlice<(AdmissionBook.Visitor, LoopInstant)> = []

    init() {
      book = AdmissionBook(limits: limits)
    }

    mutating func arrive(from ip: String, isHonest: Bool, speaks: Bool) {
      let address = SocketAddress(ip: ip, port: 1)
      guard let visitor = book.arrive(from: address, isSecured: true, at: now).visitor else {
        if isHonest { turnedAway += 1 }
        return
      }
      if isHonest { honest.insert(visitor.number) }
      if speaks { book.didSpeak(visitor, at: now) }
      obey()
    }

    /// A millisecond passes, in which the machine ends `handshakes` of those that go on.
    mutating func tick(handshakes: Int) {
      now = now.advanced(by: .milliseconds(1))
      for _ in 0..<handshakes {
        guard let visitor = work.popFirst() else { break }
        identified += 1
        book.didEndHandshake(visitor, .identified, at: now)
        obey()
      }
      while let (visitor, end) = stalled.first, end <= now {
        stalled.removeFirst()
        book.didEndHandshake(visitor, .failed, at: now)
        obey()
      }
      book.review(at: now)
      obey()
    }

    private mutating func obey() {
      for order in book.takeOrders() {
        switch order {
        case .shake(let visitor) where honest.contains(visitor.number): work.append(visitor)
        case .shake(let visitor):
          stalled.append((visitor, now.advanced(by: limits.handshakeTimeout)))
        case .turnAway(let visitor, _):
          if honest.contains(visitor.number) { turnedAway += 1 }
        }
      }
    }
  }

  @Test("A thousand drivers behind few addresses all come in", arguments: [1, 3, 50])
  func drivers(addresses: Int) {
    var storm = Storm()
    for number in 0..<1_000 {
      storm.arrive(from: "10.1.0.\(number % addresses)", isHonest: true, speaks: true)
    }
    // 1,000 handshakes at one in a millisecond: nobody's work is ever missing.
    for _ in 0..<1_000 { storm.tick(handshakes: 1) }
    #expect(storm.identified == 1_000)
    #expect(storm.turnedAway == 0)
    #expect(storm.book.shares.isEmpty && storm.book.arrivals == 0)
  }

  @Test("Four addresses that hold every slot keep no driver out")
  func allSlots() {
    var storm = Storm()
    for number in 0..<4_000 {
      storm.arrive(from: "10.2.\(number / 1_000).1", isHonest: false, speaks: true)
    }
    #expect(storm.book.shaking == storm.limits.handshakesMax)
    for _ in 0..<1_000 { storm.arrive(from: "10.1.0.1", isHonest: true, speaks: true) }
    for _ in 0..<3_000 { storm.tick(handshakes: 1) }
    #expect(storm.identified == 1_000)
    #expect(storm.turnedAway == 0)
  }

  @Test("Ten thousand half-open connections keep no driver out", arguments: [1, 40, 200])
  func halfOpen(addresses: Int) {
    var storm = Storm()
    for number in 0..<10_000 {
      storm.arrive(
        from: "10.2.\(number % addresses).1", isHonest: false, speaks: number % 2 == 0)
    }
    for number in 0..<1_000 {
      storm.arrive(from: "10.1.0.\(number % 3)", isHonest: true, speaks: true)
    }
    for _ in 0..<3_000 { storm.tick(handshakes: 1) }
    #expect(storm.identified == 1_000)
    #expect(storm.turnedAway == 0)
    #expect(storm.book.shaking <= storm.limits.handshakesMax)
  }
}
