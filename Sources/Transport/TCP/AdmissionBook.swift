// SPDX-License-Identifier: Apache-2.0

/// Who may come in, and in which order: the connections of one listener against its limits. Pure.
///
/// With TLS a connection passes through these stages; without, it is `identified` at once:
///
///     silent ──first byte──> waiting ──its turn──> shaking ──┬──certificate──> identified
///                                                            ├──none─────────> anonymous
///                                                            └──failure──────> gone, and counted
///
/// Three rules keep addresses (each a `NetworkBlock`) from keeping others out, and none of them
/// refuses who waits his turn:
///
/// - A free slot goes to the address that has fewest; within one, first come, first served. When
///   none is free, the address that has most loses its oldest handshake to one that has fewer, if
///   that has lasted longer than `handshakeGrace`: an honest one takes milliseconds.
/// - What an address has in slots, as anonymous connections and as failures of late is bounded by
///   `handshakesPerAddressMax`. Above it the address is not refused: it waits. So a thousand
///   drivers behind one address come in, a share at a time.
/// - Silent, waiting and anonymous connections share a room of `arrivalsMax` places. One who comes
///   when it is full takes a place from the address that has most: the place of the one that has
///   been silent longest. Only an address that has most itself, and nobody silent, is refused.
struct AdmissionBook: Sendable {
  struct Visitor: Hashable, Sendable {
    var number: UInt64
    /// Which of the listener's loops it lives on.
    var place: Int
  }

  enum Verdict: Equatable {
    case admit(Visitor)
    case refuse(TransportError)
  }

  /// What others than the one who asked must do now.
  enum Order: Equatable {
    case shake(Visitor)
    case turnAway(Visitor, TransportError)
  }

  enum Handshake {
    case identified, anonymous, failed
  }

  enum Stage {
    case silent, waiting, shaking, anonymous, identified
  }

  struct Entry {
    let visitor: Visitor
    let block: NetworkBlock
    var stage: Stage
    /// When its handshake began.
    var shakingSince = LoopInstant(nanoseconds: 0)
    /// Its neighbours in the line of its address and stage.
    var previous: UInt64?
    var next: UInt64?
  }

  let limits: TransportLimits
  /// A failure is forgotten after so many nanoseconds.
  let debtInterval: UInt64
  var entries: [UInt64: Entry] = [:]
  var shares: [NetworkBlock: AddressShare] = [:]
  /// Addresses by their silent, waiting and anonymous connections, and by their handshakes.
  var crowds = CrowdRanking()
  var slots = CrowdRanking()
  private var connectionsByPlace: [Int]
  var shaking = 0
  /// Silent, waiting and anonymous ones.
  var arrivals = 0
  private var nextNumber: UInt64 = 1
  private var rota: [NetworkBlock] = []
  /// Addresses that wait for their own share to become free.
  private var held: [NetworkBlock] = []
  private var orders: [Order] = []
  private var sweepCount = sweepCountMin

  private static let sweepCountMin = 1_024
  private static let minute: UInt64 = 60_000_000_000

  init(limits: TransportLimits, places: Int = 1) {
    self.limits = limits
    debtInterval = Self.minute / UInt64(max(1, limits.handshakeFailuresPerMinuteMax))
    connectionsByPlace = [Int](repeating: 0, count: max(1, places))
  }

  var connections: Int { entries.count }

  /// `review` must be called after a while: who waits may get a slot by the mere passing of time.
  var needsReview: Bool { !held.isEmpty || !rota.isEmpty }

  mutating func takeOrders() -> [Order] {
    defer { orders = [] }
    return orders
  }

  // MARK: Events

  /// A connection is there. After `admit`, `didLeave` must follow once. It gets the place with the
  /// fewest connections.
  mutating func arrive(
    from address: SocketAddress, isSecured: Bool, at now: LoopInstant
  ) -> Verdict {
    if shares.count > sweepCount { sweep(at: now) }
    let block = NetworkBlock(address)
    if entries.count >= limits.connectionsMax, !makeRoom(for: block, at: now) {
      let words = "the listener has \(entries.count) connections (connectionsMax)"
      return .refuse(TransportError(.limit, words))
    }
    if isSecured, arrivals >= limits.arrivalsMax, !makeRoom(for: block, at: now) {
      let count = crowds.count(of: block)
      let words = "\(count) connections from \(address.ip) are on their way in (arrivalsMax)"
      return .refuse(TransportError(.limit, words))
    }
    let place = connectionsByPlace.indices.min { connectionsByPlace[$0] < connectionsByPlace[$1] }
    let visitor = Visitor(number: nextNumber, place: place ?? 0)
    nextNumber += 1
    connectionsByPlace[visitor.place] += 1
    entries[visitor.number] = Entry(
      visitor: visitor, block: block, stage: isSecured ? .silent : .identified)
    joinLine(visitor.number)
    return .admit(visitor)
  }

  mutating func didSpeak(_ visitor: Visitor, at now: LoopInstant) {
    guard let entry = entries[visitor.number], entry.stage == .silent else { return }
    move(visitor.number, to: .waiting, at: now)
    enterRota(entry.block)
    fillSlots(at: now)
  }

  mutating func didEndHandshake(
    _ visitor: Visitor, _ outcome: Handshake, at now: LoopInstant
  ) {
    guard let entry = entries[visitor.number], entry.stage == .shaking else { return }
    switch outcome {
    case .identified: move(visitor.number, to: .identified, at: now)
    case .anonymous: move(visitor.number, to: .anonymous, at: now)
    case .failed:
      shares[entry.block]?.addDebt(at: now, debtInterval)
      remove(entry, at: now)
    }
    enterRota(entry.block)
    fillSlots(at: now)
  }

  /// It is gone, or was given up; within a handshake that is a failure. Harmless where the book
  /// dismissed it before.
  mutating func didLeave(_ visitor: Visitor, at now: LoopInstant) {
    guard let entry = entries[visitor.number] else { return }
    if entry.stage == .shaking { shares[entry.block]?.addDebt(at: now, debtInterval) }
    remove(entry, at: now)
    enterRota(entry.block)
    fillSlots(at: now)
  }

  /// Some time went by.
  mutating func review(at now: LoopInstant) {
    let blocks = held
    held = []
    for block in blocks { enterRota(block) }
    repeat { fillSlots(at: now) } while makeSlot(at: now)
  }

  // MARK: Slots

  private mutating func enterRota(_ block: NetworkBlock) {
    guard let share = shares[block], share.waiting.count > 0, !share.isInRota else { return }
    shares[block]?.isInRota = true
    rota.append(block)
  }

  private mutating func fillSlots(at now: LoopInstant) {
    while shaking < limits.handshakesMax, let index = nextInRota {
      let block = rota.remove(at: index)
      shares[block]?.isInRota = false
      guard let share = shares[block], let number = share.waiting.first,
        let visitor = entries[number]?.visitor
      else { continue }
      let taken = share.shaking.count + share.anonymous.count + share.debt(at: now, debtInterval)
      guard taken < limits.handshakesPerAddressMax else {
        held.append(block)
        continue
      }
      move(number, to: .shaking, at: now)
      entries[number]?.shakingSince = now
      orders.append(.shake(visitor))
      enterRota(block)
    }
  }

  /// The address with the fewest handshakes, the first of them.
  private var nextInRota: Int? {
    var next: Int?
    var least = Int.max
    for (index, block) in rota.enumerated() {
      let count = slots.count(of: block)
      if count < least { (next, least) = (index, count) }
      if count == 0 { break }
    }
    return next
  }

  private mutating func makeSlot(at now: LoopInstant) -> Bool {
    guard shaking >= limits.handshakesMax, let index = nextInRota, let heaviest = slots.highest,
      slots.count(of: rota[index]) + 1 < slots.highestCount,
      let number = shares[heaviest]?.shaking.first, let entry = entries[number],
      entry.shakingSince.advanced(by: limits.handshakeGrace) <= now
    else { return false }
    let words = "its handshake lasted \(limits.handshakeGrace) and its slot was needed"
    orders.append(.turnAway(entry.visitor, TransportError(.timedOut, words)))
    shares[heaviest]?.addDebt(at: now, debtInterval)
    remove(entry, at: now)
    enterRota(heaviest)
    return true
  }

  // MARK: Room

  /// Takes a place from the address that has most, as far as that is not the newcomer's own: from
  /// that it takes only what has said nothing.
  private mutating func makeRoom(for newcomer: NetworkBlock, at now: LoopInstant) -> Bool {
    let isOwn = crowds.count(of: newcomer) >= crowds.highestCount
    guard let block = isOwn ? newcomer : crowds.highest, let share = shares[block] else {
      return false
    }
    let others = isOwn ? nil : share.waiting.last ?? share.anonymous.first
    guard let number = share.silent.first ?? others, let entry = entries[number] else {
      return false
    }
    let words =
      "its place was needed, and its address had \(crowds.count(of: block)) (arrivalsMax)"
    orders.append(.turnAway(entry.visitor, TransportError(.limit, words)))
    remove(entry, at: now)
    return true
  }

  // MARK: Entries

  private mutating func move(_ number: UInt64, to stage: Stage, at now: LoopInstant) {
    guard let entry = entries[number] else { return }
    leaveLine(entry)
    entries[number]?.stage = stage
    joinLine(number)
    forget(entry.block, at: now)
  }

  private mutating func remove(_ entry: Entry, at now: LoopInstant) {
    leaveLine(entry)
    entries[entry.visitor.number] = nil
    connectionsByPlace[entry.visitor.place] -= 1
    forget(entry.block, at: now)
  }

  /// Addresses with nothing but failures are swept when they have become many.
  private mutating func sweep(at now: LoopInstant) {
    for block in Array(shares.keys) { forget(block, at: now) }
    sweepCount = max(Self.sweepCountMin, shares.count * 2)
  }

  private mutating func forget(_ block: NetworkBlock, at now: LoopInstant) {
    guard let share = shares[block], share.isEmpty else { return }
    if share.debt(at: now, debtInterval) == 0 { shares[block] = nil }
  }
}
