// SPDX-License-Identifier: Apache-2.0

/// Items that came and wait for their reader, and how they ended, once they have.
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
  var credit: ReceiveCredit
  /// Credit that waits to be framed.
  var creditDue = 0

  init(creditBytes: Int) {
    credit = ReceiveCredit(window: creditBytes)
  }

  var count: Int { items.count }

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

  var isFinished: Bool { outcome != nil }

  /// Drops what nobody read, for this reason; it stands also where all items had come, lest their
  /// reader take those that it read for all.
  mutating func cut(_ error: CallError, from budget: inout PartialBudget) {
    removeAll(from: &budget)
    outcome = .failed(error)
  }

  mutating func removeAll(from budget: inout PartialBudget) {
    while popFirst(from: &budget) != nil {}
  }
}
