// SPDX-License-Identifier: Apache-2.0

/// A call that this side opened: three halves that end apart. Its slot is free when all three have.
///
///     sending:   queued --first frame--> partly --last frame--> done
///                partly, done --given up--> cancelling --cancel framed--> cancelled
///     receiving: open --response, end or failure--> over
///     caller:    waiting --has its outcome, or gave up--> gone
struct LocalCall {
  enum Sending: Equatable {
    /// The peer has not heard of the call.
    case queued
    case partly
    /// The cancel is to be framed; it is the last frame.
    case cancelling
    /// What still comes from the peer is dropped, until its last frame.
    case cancelled
    case done
  }

  enum Receiving: Equatable {
    case open
    case over
  }

  enum Caller: Equatable {
    case waiting
    case gone
  }

  var sending = Sending.queued
  var receiving = Receiving.open
  var caller = Caller.waiting
  var outbox = Outbox()
  var partial = PartialMessage()
  /// Of a streaming call only.
  var inbox: ItemInbox?

  var isOver: Bool { isOverOnWire && caller == .gone }
  var isOverOnWire: Bool {
    switch sending {
    case .queued, .partly, .cancelling: false
    case .cancelled, .done: receiving == .over
    }
  }
}

/// Items that came and wait for their reader, and how the stream ended, once it has.
struct ItemInbox {
  enum Outcome: Equatable {
    case ended
    case failed(CallError)
  }

  private struct Item {
    var bytes: [UInt8]
    var chargedBytes: Int
  }

  private var items = Fifo<Item>()
  private(set) var outcome: Outcome?
  var isEmpty: Bool { items.isEmpty }
  var credit: ReceiveCredit
  /// Credit that waits to be framed.
  var creditDue = 0

  init(creditBytes: Int) {
    credit = ReceiveCredit(window: creditBytes)
  }

  mutating func append(_ bytes: [UInt8], chargedBytes: Int) {
    items.append(Item(bytes: bytes, chargedBytes: chargedBytes))
  }

  /// The next item; its bytes leave the budget.
  mutating func popFirst(from budget: inout PartialBudget) -> [UInt8]? {
    guard let item = items.popFirst() else { return nil }
    budget.release(item.chargedBytes)
    return item.bytes
  }

  /// The first outcome stays: a deadline that passed is not covered by the failure that answers the
  /// cancel.
  mutating func finish(_ outcome: Outcome) {
    if self.outcome == nil { self.outcome = outcome }
  }

  mutating func removeAll(from budget: inout PartialBudget) {
    while popFirst(from: &budget) != nil {}
  }
}
