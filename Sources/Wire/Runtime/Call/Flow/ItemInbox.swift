// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// Items that came and wait for their reader, and how they ended, once they have.
///
/// Small items are kept one behind the other in one memory, without an array for each.
struct ItemInbox {
  enum Outcome: Equatable {
    case ended
    case failed(CallError)
  }

  private enum Item {
    case whole(EncodedMessage, chargedBytes: Int)
    /// So many bytes in `store`, behind those of the item before.
    case stored(Int)
  }

  /// Above so many bytes, most of them taken, the rest moves to the front.
  private static let storedBytesMax = 256 << 10
  private static let keptBytes = 16 << 10

  private var items = Fifo<Item>()
  private var store: OutputBuffer?
  /// Bytes at the front of `store` that were taken.
  private var takenBytes = 0
  private(set) var outcome: Outcome?
  var credit: ReceiveCredit
  /// Credit that waits to be framed.
  var creditDue = 0

  init(creditBytes: Int) {
    credit = ReceiveCredit(window: creditBytes)
  }

  var count: Int { items.count }

  mutating func append(_ bytes: EncodedMessage, chargedBytes: Int) {
    items.append(.whole(bytes, chargedBytes: chargedBytes))
  }

  /// A small item, which is copied.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    let store = roomyStore()
    store.append(bytes)
    items.append(.stored(bytes.count))
  }

  private mutating func roomyStore() -> OutputBuffer {
    guard let store else {
      let made = OutputBuffer()
      store = made
      return made
    }
    if takenBytes == store.count {
      // The memory stays, and with it what was taken last.
      store.removeAll(keepingAtMost: .max)
      takenBytes = 0
    } else if store.count > Self.storedBytesMax, takenBytes > store.count / 2 {
      let moved = OutputBuffer()
      moved.append(UnsafeRawBufferPointer(rebasing: store.bytes[takenBytes...]))
      self.store = moved
      takenBytes = 0
      return moved
    }
    return store
  }

  /// Gives back memory that is not used, before a wait.
  mutating func trim() {
    guard let store, takenBytes == store.count else { return }
    store.removeAll(keepingAtMost: Self.keptBytes)
    takenBytes = 0
  }

  /// The next item if it is a stored one; valid until the inbox is used again.
  mutating func popStored() -> UnsafeRawBufferPointer? {
    guard case .stored(let count)? = items.first, let store else { return nil }
    _ = items.popFirst()
    defer { takenBytes += count }
    return UnsafeRawBufferPointer(rebasing: store.bytes[takenBytes..<takenBytes + count])
  }

  /// The next item; its bytes leave the budget.
  mutating func popFirst(from budget: inout PartialBudget) -> EncodedMessage? {
    if let stored = popStored() { return EncodedMessage([UInt8](stored)) }
    guard case .whole(let bytes, let chargedBytes)? = items.popFirst() else { return nil }
    budget.release(chargedBytes)
    return bytes
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
    while let item = items.popFirst() {
      if case .whole(_, let chargedBytes) = item { budget.release(chargedBytes) }
    }
    store = nil
    takenBytes = 0
  }
}
