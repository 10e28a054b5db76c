// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What the loops of one listener share: its book, and who does on which loop what the book says.
final class Admissions: Sendable {
  private struct State: Sendable {
    var book: AdmissionBook
    var isReviewDue = false
  }

  private let state: Locked<State>
  /// By place; empty once the listener is closed.
  private let receptions: Locked<[LoopBound<Reception>]>
  private let group: EventLoopGroup
  private let isSecured: Bool
  private let refused: @Sendable (SocketAddress, TransportError) -> Void
  /// How often addresses are looked at again that wait for their failures to be forgotten.
  private static let reviewPause = Duration.milliseconds(100)

  init(
    _ group: EventLoopGroup, tls: TLSContext?, limits: TransportLimits,
    accept: @escaping @Sendable (EstablishedConnection) -> Void,
    refused: @escaping @Sendable (SocketAddress, TransportError) -> Void
  ) {
    self.group = group
    self.refused = refused
    isSecured = tls != nil
    state = Locked(State(book: AdmissionBook(limits: limits, places: group.loops.count)))
    receptions = Locked([])
    let made = group.loops.map { loop in
      LoopBound(
        Reception(on: loop, tls: tls, limits: limits, self, accept: accept), on: loop)
    }
    receptions.withLock { $0 = made }
  }

  /// A connection was accepted on the listener's own loop; its descriptor is ours now.
  func arrive(_ descriptor: Int32, from address: SocketAddress) {
    let now = group.loops[0].turnInstant
    var verdict = AdmissionBook.Verdict.refuse(
      TransportError(.closed, "the listener was closed"))
    change { verdict = $0.arrive(from: address, isSecured: self.isSecured, at: now) }
    switch verdict {
    case .admit(let visitor):
      let isTaken = atReception(visitor) { $0.take(descriptor, visitor, from: address) }
      if !isTaken { Glibc.close(descriptor) }
    case .refuse(let error):
      Self.reset(descriptor)
      group.loops[0].counters.pointee.refusals[error.code, default: 0] &+= 1
      refuse(address, error)
    }
  }

  /// A peer shall be able to tell a refusal from an orderly end.
  private static func reset(_ descriptor: Int32) {
    var atOnce = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout<linger>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &atOnce, size)
    Glibc.close(descriptor)
  }

  /// On a loop of the group.
  func refuse(_ address: SocketAddress, _ error: TransportError) {
    refused(address, error)
  }

  /// Lets `body` change the book, and has done what follows from it.
  func change(_ body: (inout AdmissionBook) -> Void) {
    let (orders, reviews) = state.withLock { state in
      body(&state.book)
      let reviews = state.book.needsReview && !state.isReviewDue
      if reviews { state.isReviewDue = true }
      return (state.book.takeOrders(), reviews)
    }
    for order in orders {
      switch order {
      case .shake(let visitor):
        atReception(visitor) { $0.shakeHands(with: visitor) }
      case .turnAway(let visitor, let error):
        atReception(visitor) { $0.turnAway(visitor, error) }
      }
    }
    if reviews { scheduleReview() }
  }

  private func scheduleReview() {
    let loop = group.loops[0]
    loop.schedule(after: Self.reviewPause) { [weak self] in
      guard let self else { return }
      state.withLock { $0.isReviewDue = false }
      change { $0.review(at: loop.now) }
    }
  }

  /// In a later round of the visitor's own loop. False: the listener is closed.
  @discardableResult
  private func atReception(
    _ visitor: AdmissionBook.Visitor, _ body: @escaping @Sendable (Reception) -> Void
  ) -> Bool {
    let reception = receptions.withLock { receptions in
      receptions.indices.contains(visitor.place) ? receptions[visitor.place] : nil
    }
    guard let reception else { return false }
    reception.loop.submit { body(reception.value) }
    return true
  }

  /// Cuts whoever is not through with its handshake.
  func close() async {
    let closed = receptions.withLock { receptions in
      defer { receptions = [] }
      return receptions
    }
    for reception in closed {
      await reception.loop.run { reception.value.close() }
    }
  }
}
