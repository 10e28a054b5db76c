// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import Transport

@Suite struct AdmissionBookTests {
  private typealias Visitor = AdmissionBook.Visitor
  private let here = SocketAddress(ip: "10.0.0.1", port: 1)
  private let there = SocketAddress(ip: "10.0.0.2", port: 1)
  private let start = LoopInstant(nanoseconds: 1_000_000_000)

  private func book(
    places: Int = 1, _ change: (inout TransportLimits) -> Void = { _ in }
  ) -> AdmissionBook {
    var limits = TransportLimits()
    change(&limits)
    return AdmissionBook(limits: limits, places: places)
  }

  @Test("Connections are bounded, and a closed one makes room")
  func connections() throws {
    var book = book { $0.connectionsMax = 2 }
    let first = try #require(book.arrive(from: here, isSecured: false, at: start).visitor)
    #expect(book.arrive(from: here, isSecured: false, at: start).visitor != nil)
    #expect(book.arrive(from: there, isSecured: false, at: start).visitor == nil)
    book.didLeave(first, at: start)
    book.didLeave(first, at: start)
    #expect(book.connections == 1)
    #expect(book.arrive(from: there, isSecured: false, at: start).visitor != nil)
  }

  @Test("Each connection goes to the loop with the fewest")
  func places() throws {
    var book = book(places: 3)
    let visitors = try (0..<7).map { _ in
      try #require(book.arrive(from: here, isSecured: true, at: start).visitor)
    }
    #expect(visitors.map(\.place) == [0, 1, 2, 0, 1, 2, 0])
    book.didLeave(visitors[1], at: start)
    book.didLeave(visitors[4], at: start)
    for _ in 0..<2 {
      #expect(book.arrive(from: here, isSecured: true, at: start).visitor?.place == 1)
    }
  }

  @Test("Slots go round the addresses; within one, first come, first served")
  func rounds() throws {
    var book = book { $0.handshakesMax = 1 }
    let many = try (0..<4).map { _ in try book.speaker(from: here, at: start) }
    let one = try book.speaker(from: there, at: start)
    var served: [Visitor] = []
    while let next = book.takeShakes().first {
      served.append(next)
      book.didEndHandshake(next, .identified, at: start)
    }
    #expect(served == [many[0], many[1], one, many[2], many[3]])
  }

  @Test("A free slot goes to the address that has fewest")
  func fewest() throws {
    var book = book { $0.handshakesMax = 3 }
    let many = try (0..<5).map { _ in try book.speaker(from: here, at: start) }
    let few = try (0..<2).map { _ in try book.speaker(from: there, at: start) }
    #expect(book.takeShakes() == [many[0], many[1], many[2]])
    book.didEndHandshake(many[0], .identified, at: start)
    #expect(book.takeShakes() == [few[0]])
    book.didEndHandshake(few[0], .identified, at: start)
    #expect(book.takeShakes() == [few[1]])
    book.didEndHandshake(few[1], .identified, at: start)
    #expect(book.takeShakes() == [many[3]])
  }

  @Test("When no slot is free, a handshake that hangs is cut for an address that has fewer")
  func hanging() throws {
    var book = book {
      $0.handshakesMax = 2
      $0.handshakeGrace = .seconds(1)
    }
    let hanging = try (0..<3).map { _ in try book.speaker(from: here, at: start) }
    #expect(book.takeShakes() == [hanging[0], hanging[1]])
    let other = try book.speaker(from: there, at: start)
    #expect(book.needsReview)
    book.review(at: start.advanced(by: .milliseconds(999)))
    #expect(book.takeOrders().isEmpty)
    book.review(at: start.advanced(by: .seconds(1)))
    let orders = book.takeOrders()
    #expect(orders.count == 2 && orders.last == .shake(other))
    guard case .turnAway(hanging[0], let error)? = orders.first else {
      Issue.record("\(orders)")
      return
    }
    #expect(error.code == .timedOut)
    // Now both have one: nobody is cut for the third.
    book.review(at: start.advanced(by: .seconds(2)))
    #expect(book.takeOrders().isEmpty)
  }

  @Test("An address above its share waits, and goes on when one of its handshakes ends")
  func share() throws {
    var book = book { $0.handshakesPerAddressMax = 2 }
    let visitors = try (0..<4).map { _ in try book.speaker(from: here, at: start) }
    #expect(book.takeShakes() == [visitors[0], visitors[1]])
    let other = try book.speaker(from: there, at: start)
    #expect(book.takeShakes() == [other])
    book.didEndHandshake(visitors[1], .identified, at: start)
    #expect(book.takeShakes() == [visitors[2]])
    // Gone within its handshake: that counts as a failure for a while.
    book.didLeave(visitors[0], at: start)
    #expect(book.takeShakes().isEmpty)
    book.review(at: start.advanced(by: .seconds(60)))
    #expect(book.takeShakes() == [visitors[3]])
  }

  @Test("Failures count until they are forgotten, one after the other")
  func failures() throws {
    var book = book {
      $0.handshakesPerAddressMax = 2
      $0.handshakeFailuresPerMinuteMax = 60
    }
    for _ in 0..<2 {
      let visitor = try book.speaker(from: here, at: start)
      #expect(book.takeShakes() == [visitor])
      book.didEndHandshake(visitor, .failed, at: start)
    }
    let visitor = try book.speaker(from: here, at: start)
    let other = try book.speaker(from: there, at: start)
    #expect(book.takeShakes() == [other])
    #expect(book.needsReview)
    book.review(at: start.advanced(by: .milliseconds(999)))
    #expect(book.takeShakes().isEmpty && book.needsReview)
    book.review(at: start.advanced(by: .seconds(1)))
    #expect(book.takeShakes() == [visitor])
    #expect(!book.needsReview)
  }

  @Test("Who showed no certificate counts until the end of the connection")
  func anonymous() throws {
    var book = book { $0.handshakesPerAddressMax = 1 }
    let guest = try book.speaker(from: here, at: start)
    book.didEndHandshake(guest, .anonymous, at: start)
    let next = try book.speaker(from: here, at: start)
    #expect(book.takeShakes() == [guest])
    book.didLeave(guest, at: start)
    #expect(book.takeShakes() == [next])
  }

  @Test("In a full room the address with most loses who has been silent longest")
  func fullRoom() throws {
    var book = book {
      $0.arrivalsMax = 4
      $0.handshakesMax = 0
    }
    let silent = try (0..<3).map { _ in
      try #require(book.arrive(from: here, isSecured: true, at: start).visitor)
    }
    let waiting = try book.speaker(from: here, at: start)
    let other = try #require(book.arrive(from: there, isSecured: true, at: start).visitor)
    #expect(book.takeDismissed() == [silent[0]])
    // Its own address has most: it makes way for itself as long as somebody is silent.
    book.didSpeak(silent[1], at: start)
    #expect(book.arrive(from: here, isSecured: true, at: start).visitor != nil)
    #expect(book.takeDismissed() == [silent[2]])
    book.didSpeak(other, at: start)
    #expect(book.arrive(from: there, isSecured: true, at: start).visitor != nil)
    #expect(book.takeDismissed().count == 1)
    #expect(book.arrive(from: here, isSecured: true, at: start).visitor == nil)
    #expect(book.arrivals == 4 && book.entries[waiting.number] != nil)
  }

  @Test("An IPv6 network counts as one address, and a mapped IPv4 address as itself")
  func blocks() {
    func block(_ ip: String) -> NetworkBlock { NetworkBlock(SocketAddress(ip: ip, port: 1)) }
    #expect(block("2001:db8::1") == block("2001:db8::ffff:2"))
    #expect(block("2001:db8::1") != block("2001:db8:0:1::1"))
    #expect(block("::ffff:10.0.0.1") == block("10.0.0.1"))
    #expect(block("::ffff:10.0.0.1") != block("::ffff:10.0.0.2"))
    #expect(block("::1") != block("10.0.0.1"))
  }

  @Test("Addresses that failed once and never came back do not pile up")
  func forgetting() throws {
    var book = book()
    var now = start
    for number in 0..<20_000 {
      now = now.advanced(by: .milliseconds(10))
      let ip = "10.\(number / 65_536).\(number / 256 % 256).\(number % 256)"
      let visitor = try book.speaker(from: SocketAddress(ip: ip, port: 1), at: now)
      book.didEndHandshake(visitor, .failed, at: now)
    }
    #expect(book.shares.count <= 2_048)
    #expect(book.connections == 0 && book.shaking == 0 && book.arrivals == 0)
  }
}

extension AdmissionBook.Verdict {
  var visitor: AdmissionBook.Visitor? {
    if case .admit(let visitor) = self { visitor } else { nil }
  }
}

extension AdmissionBook {
  /// Comes and says its first byte.
  mutating func speaker(
    from address: SocketAddress, at now: LoopInstant
  ) throws -> AdmissionBook.Visitor {
    let visitor = try #require(arrive(from: address, isSecured: true, at: now).visitor)
    didSpeak(visitor, at: now)
    return visitor
  }

  mutating func takeShakes() -> [AdmissionBook.Visitor] {
    takeOrders().compactMap { if case .shake(let visitor) = $0 { visitor } else { nil } }
  }

  mutating func takeDismissed() -> [AdmissionBook.Visitor] {
    takeOrders().compactMap { if case .turnAway(let visitor, _) = $0 { visitor } else { nil } }
  }
}
