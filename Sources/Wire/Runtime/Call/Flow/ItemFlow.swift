// SPDX-License-Identifier: Apache-2.0

/// What a call with items has beside its messages: those that came, and what those of this side may
/// still cost. In a box of its own, which only the call's slot holds, so that a unary call pays for
/// no more than an empty reference.
final class ItemFlow {
  /// The other side sends items. What comes without is the response of a stream of requests; it
  /// waits in the inbox all the same, since its caller may still be sending.
  let takesItems: Bool
  let sendsItems: Bool
  var inbox: ItemInbox
  /// What the other side lets be on the way.
  var credit: SendCredit
  /// Of items that are not framed, with their overhead: a peer that gives much credit and reads
  /// nothing must not fill this side's memory.
  private(set) var unsentBytes = 0
  /// A sender waits for items to be framed.
  private var isStalled = false
  /// This side's end is in the outbox: no more items.
  var isFinished = false

  /// Of a call that this side makes.
  init(calling shape: MethodShape, inboxBytes: Int, creditBytes: Int) {
    takesItems = shape.answersItems
    sendsItems = shape.takesItems
    inbox = ItemInbox(creditBytes: inboxBytes)
    credit = SendCredit(creditBytes)
  }

  /// Of a call that the peer makes.
  init(serving shape: MethodShape, inboxBytes: Int, creditBytes: Int) {
    takesItems = shape.takesItems
    sendsItems = shape.answersItems
    inbox = ItemInbox(creditBytes: inboxBytes)
    credit = SendCredit(creditBytes)
  }

  /// Pays for an item; false where it has to wait.
  func spend(_ itemBytes: Int, unsentBytesMax: Int) -> Bool {
    guard credit.available > 0 else { return false }
    guard unsentBytes < unsentBytesMax else {
      isStalled = true
      return false
    }
    let cost = itemBytes + WireLimits.itemOverheadBytes
    credit.spend(cost)
    unsentBytes += cost
    return true
  }

  /// Pays for an item that is framed at once; false where it has to wait.
  func pass(_ itemBytes: Int) -> Bool {
    guard credit.available > 0 else { return false }
    credit.spend(itemBytes + WireLimits.itemOverheadBytes)
    return true
  }

  /// The last byte of an item was framed. True when a sender that waits may go on: once half of
  /// what may wait is gone.
  func didSend(_ itemBytes: Int, unsentBytesMax: Int) -> Bool {
    unsentBytes -= itemBytes + WireLimits.itemOverheadBytes
    guard isStalled, unsentBytes <= unsentBytesMax / 2 else { return false }
    isStalled = false
    return true
  }

  /// Items that were not sent are forgotten.
  func dropUnsent() {
    unsentBytes = 0
  }
}
