// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import Transport

/// All state of one connection's calls, without I/O, clock or tasks: frames and wishes go in,
/// actions and bytes come out.
///
///     greeting --peer's hello--> open --end--> ended
///
/// Calls can be begun while greeting; they are sent once the peer said what it takes. A side that
/// said or heard goaway stays open until its calls are over. The files beside this one hold, by
/// topic: `+Calling` what callers do, `+Serving` what handlers do, `+Items` what both do with the
/// items of streams, `+Receiving` what the peer's frames do, `+Output` what is sent when.
struct ConnectionMachine: ~Copyable {
  enum Phase: Equatable {
    case greeting
    case open
    /// With the error of every call that is begun now.
    case ended(CallError)
  }

  /// Goodbyes that were said.
  struct Farewells: OptionSet {
    var rawValue: UInt8
    static let said = Farewells(rawValue: 1 << 0)
    static let heard = Farewells(rawValue: 1 << 1)
  }

  /// Has to stay at its address, and so has what holds it. Else the compiler copies the whole machine,
  /// a kilobyte, for each question to it that is not compiled in place.
  private let anchor = Atomic(false)

  let side: ConnectionSide
  let limits: WireLimits
  let serving: [UInt16: MethodShape]
  var phase = Phase.greeting
  var farewells: Farewells = []
  /// What the peer takes; before its hello, what version 1 takes where nothing else is said.
  var peer = PeerLimits()

  var local: SlotTable<LocalCall>
  var remote: SlotTable<RemoteCall>
  var localStreams = 0
  var remoteStreams = 0
  var metrics = ConnectionMetrics()

  var schedule: SendSchedule
  var control = ControlFrames()
  var sendCredit: SendCredit
  var receiveCredit: ReceiveCredit
  var budget: PartialBudget
  /// No deadline of an open call is earlier; one that is over may have been.
  private(set) var alarm = LoopInstant.never
  /// Calls whose time is up, until `expire` comes to them.
  private var due: [CallID] = []
  /// What `takeUnstalled` hands out.
  var unstalled: [CallID] = []
  /// Messages wait for credit; counted once until the next is framed.
  var isStalled = false
  /// Unsent bytes of requests and responses. Items are bounded by the credit of their streams.
  var queuedBytes = 0
  /// Bytes of items that left past the line in this turn.
  var passedItemBytes = 0
  /// The largest message that may leave in the turn in which it is made; none before the peer's
  /// hello and after the end.
  var atOnceBytesMax = -1
  var largeAtOnceBytesMax = -1

  init(
    side: ConnectionSide, limits: WireLimits, serving: [UInt16: MethodShape],
    process: ProcessBudget? = nil
  ) {
    self.side = side
    self.limits = limits
    self.serving = serving
    local = SlotTable(opener: side, slotsMax: peer.openCallsMax)
    remote = SlotTable(
      opener: side.other, slotsMax: limits.announced.openCallsMax, pickedBy: .peer)
    schedule = SendSchedule(limits: limits)
    sendCredit = SendCredit(peer.connectionCreditBytes)
    receiveCredit = ReceiveCredit(window: limits.connectionCreditBytes)
    budget = PartialBudget(bytesMax: limits.partialBytesMax, process: process)
    control.hello = Hello(limits: limits.announced)
  }

  /// A copy of `metrics`, made while the machine is borrowed: without optimization the compiler ends
  /// the borrow of an actor's noncopyable property before it copies what the property holds.
  func counted() -> ConnectionMetrics { metrics }

  func lookup(_ id: CallID) -> SlotLookup {
    id.opener == side ? local.lookup(id) : remote.lookup(id)
  }

  // MARK: Time

  static let deadlineExceeded = CallError(
    .deadlineExceeded, "the call took longer than its caller gives it")

  /// Deadlines travel in whole milliseconds, so a closer look is of no use.
  static let scanPause = Duration.milliseconds(1)

  /// When `expire` has to be asked; `nil` for never.
  var nextDeadline: LoopInstant? { alarm == .never ? nil : alarm }

  /// Ends one call whose time is up; `nil` when no more are due.
  ///
  /// A call costs a comparison when it begins and nothing when it ends, since most end in time: only
  /// when the alarm rings are all slots looked at, which finds those that are due and the next
  /// alarm. At most once in `scanPause`, whatever deadlines a peer sends.
  mutating func expire(at now: LoopInstant) -> ConnectionAction? {
    if due.isEmpty, alarm <= now {
      let earliest = min(
        local.takeDue(at: now, into: &due), remote.takeDue(at: now, into: &due))
      alarm = earliest == .never ? .never : max(earliest, now.advanced(by: Self.scanPause))
    }
    guard let id = due.popLast() else { return nil }
    let error = Self.deadlineExceeded
    if id.opener == side {
      return fail(id, with: error).map { .failed([$0]) } ?? .nothing
    }
    return stopServing(id, with: error)
  }

  mutating func setAlarm(for deadline: LoopInstant) {
    alarm = min(alarm, deadline)
  }

  // MARK: End

  /// Begins an orderly end: what the peer sent whole goes on, the rest and all that comes is
  /// answered unavailable.
  mutating func sayGoaway(_ goaway: Goaway) {
    if case .ended = phase { return }
    farewells.insert(.said)
    control.goaway = goaway
    guard goaway.code == .draining else { return }
    for id in remote.openIDs where remote[id]?.answer == .idle {
      refuse(id, with: CallError(.unavailable, "this side is about to close the connection"))
    }
  }

  /// True once a goodbye was said and nothing is left to do or to send.
  var isDrained: Bool { areCallsDone && control.isEmpty && schedule.isEmpty }

  /// True once a goodbye was said and all calls are over.
  var areCallsDone: Bool {
    guard phase == .open, !farewells.isEmpty, remote.openCount == 0 else { return false }
    return local.openIDs.allSatisfy { local[$0]?.isOverOnWire ?? true }
  }

  /// The connection is gone. Answers the calls that fail, and the handlers to cancel.
  mutating func end(with error: CallError) -> (failed: [FailedCall], running: [CallID]) {
    if case .ended = phase { return ([], []) }
    phase = .ended(error)
    atOnceBytesMax = -1
    largeAtOnceBytesMax = -1
    let failed = local.openIDs.compactMap { endLocal($0, with: error) }
    let running = remote.openIDs.filter { endRemote($0, with: error) }
    schedule.removeAll()
    alarm = .never
    due = []
    queuedBytes = 0
    return (failed, running)
  }

  /// Items that came before the end stay for their reader; it finds the error behind them.
  private mutating func endLocal(_ id: CallID, with error: CallError) -> FailedCall? {
    let isWaiting = local[id]?.caller == .waiting
    if local[id]?.isUndecided == true { metrics.made.end(error) }
    local[id]?.partial.drop(from: &budget)
    local[id]?.sending = .done
    local[id]?.receiving = .over
    if let flow = local[id]?.flow {
      flow.inbox.finish(.failed(error))
    } else {
      local[id]?.caller = .gone
    }
    closeLocalIfOver(id)
    return isWaiting ? FailedCall(call: id, error: error) : nil
  }

  private mutating func endRemote(_ id: CallID, with error: CallError) -> Bool {
    let hasHandler: Bool
    switch remote[id]?.answer {
    case .running, .stopping:
      hasHandler = true
      metrics.served.end(error)
    case .idle:
      hasHandler = false
      metrics.served.end(error)
    case .ending, .over, nil:
      hasHandler = false
    }
    dropIncoming(of: id)
    remote.close(id)
    return hasHandler
  }
}
