// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import Transport

@Suite struct AdmissionBookTests {
  private let here = SocketAddress(ip: "10.0.0.1", port: 1)
  private let there = SocketAddress(ip: "10.0.0.2", port: 1)

  private func book(_ change: (inout TransportLimits) -> Void) -> AdmissionBook {
    var limits = TransportLimits()
    change(&limits)
    return AdmissionBook(limits: limits)
  }

  private func isAdmitted(_ verdict: AdmissionBook.Verdict) -> Bool { verdict == .admit }

  @Test("Connections are bounded, and a closed one makes room")
  func connections() {
    var book = book { $0.connectionsMax = 2 }
    #expect(isAdmitted(book.judge(here, isSecured: false)))
    #expect(isAdmitted(book.judge(here, isSecured: false)))
    #expect(!isAdmitted(book.judge(there, isSecured: false)))
    book.didClose()
    #expect(isAdmitted(book.judge(there, isSecured: false)))
  }

  @Test("Unfinished handshakes are bounded by address; others are not hindered")
  func perAddress() {
    var book = book { $0.handshakesPerAddressMax = 2 }
    #expect(isAdmitted(book.judge(here, isSecured: true)))
    #expect(isAdmitted(book.judge(here, isSecured: true)))
    #expect(!isAdmitted(book.judge(here, isSecured: true)))
    #expect(isAdmitted(book.judge(there, isSecured: true)))
    book.didLeave(here)
    #expect(isAdmitted(book.judge(here, isSecured: true)))
    book.didLeave(here)
    book.didLeave(here)
    book.didLeave(here)
    #expect(book.connections == 4)
  }

  @Test("Slots and the waiting room are bounded apart")
  func slots() {
    var book = book { $0.handshakesMax = 1 }
    #expect(book.hasFreeSlot && book.accepts)
    book.didStartHandshake()
    #expect(!book.hasFreeSlot && book.accepts)
    book.didQueue()
    #expect(!book.accepts)
    book.didUnqueue()
    book.didEndHandshake()
    #expect(book.hasFreeSlot && book.accepts)
  }
}
