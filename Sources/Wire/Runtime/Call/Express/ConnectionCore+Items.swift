// SPDX-License-Identifier: Apache-2.0

public import WireCodec
/// Small items that go past the machine's lines: framed where they leave, kept where they came.
extension ConnectionCore {
  /// Sends an item in this turn. False where it has to stand in line, or cannot be sent.
  @inlinable
  func sendAtOnce<Item: WireMessage>(_ item: Item, to id: CallID) -> Bool {
    let size = item.encodedSize
    guard let frame = itemFrame(size, of: id) else { return false }
    item.store(to: frame.payload, size: size)
    return true
  }

  /// The same of an item that was encoded before.
  func sendAtOnce(_ item: EncodedMessage, to id: CallID) -> Bool {
    guard let frame = itemFrame(item.count, of: id) else { return false }
    item.copy(0..<item.count, to: frame.payload)
    return true
  }

  @usableFromInline
  func itemFrame(_ size: Int, of id: CallID) -> OpenFrame? {
    guard opensRoom(for: size), machine.passItem(size, of: id) else { return nil }
    return frame(
      FrameHeader(payloadBytes: UInt32(truncatingIfNeeded: size), call: id, kind: .item))
  }

  /// An item that came and lies here, valid until the next use of the call; `nil` leaves it to the
  /// machine.
  @usableFromInline
  func takeStoredItem(of id: CallID) -> UnsafeRawBufferPointer? {
    guard let item = machine.takeStoredItem(of: id) else { return nil }
    if !machine.control.isEmpty { setNeedsFlush() }  // Credit to give back.
    return item
  }

  /// Takes a frame that is a whole item which the machine would put into the inbox.
  func takeItem(
    _ id: CallID, _ payload: UnsafeRawBufferPointer
  ) throws(ProtocolError) -> Bool {
    guard let flow = machine.flowForItem(of: id) else { return false }
    try machine.countFrame()
    try machine.count(payload.count)
    flow.inbox.credit.receive(payload.count + WireLimits.itemOverheadBytes)
    // A reader waits only where there was nothing.
    let wakes = flow.inbox.count == 0
    flow.inbox.append(payload)
    if wakes { connection?.assumeIsolated { $0.waiters.wakeReader(of: id) } }
    return true
  }
}

extension ConnectionMachine {
  /// Counts an item that leaves past the line. False where it has to go through `offer`: also where
  /// this turn had its share, so that a peer with much credit cannot keep the loop at one call.
  mutating func passItem(_ bytes: Int, of id: CallID) -> Bool {
    guard schedule.isEmpty, passedItemBytes < limits.streamCreditBytes,
      let flow = flowThatPasses(id), flow.pass(bytes)
    else { return false }
    passedItemBytes += bytes + WireLimits.itemOverheadBytes
    return true
  }

  private mutating func flowThatPasses(_ id: CallID) -> ItemFlow? {
    id.opener == side ? local[id]?.flowThatPasses() : remote[id]?.flowThatPasses()
  }

  /// The inbox that a whole item is for. `nil` where the item is none, is not wanted, or breaks the
  /// rules.
  mutating func flowForItem(of id: CallID) -> ItemFlow? {
    guard case .open = phase,
      let flow = id.opener == side ? local[id]?.flowToFill() : remote[id]?.flowToFill(),
      flow.takesItems, flow.inbox.credit.outstanding > 0
    else { return nil }
    return flow
  }

  mutating func takeStoredItem(of id: CallID) -> UnsafeRawBufferPointer? {
    guard let flow = id.opener == side ? local[id]?.flowToRead() : remote[id]?.flowToRead(),
      flow.takesItems, let item = flow.inbox.popStored()
    else { return nil }
    returnCredit(item.count + WireLimits.itemOverheadBytes, of: id, flow)
    return item
  }
}

// These change nothing; `mutating` has the call looked at where it lies, since to copy it costs more
// than all else that is done for an item.

extension LocalCall {
  /// Where its caller may send items and none waits in the outbox.
  fileprivate mutating func flowThatPasses() -> ItemFlow? {
    guard sending == .open, outbox.isEmpty, let flow, flow.sendsItems, !flow.isFinished,
      !flow.inbox.isFinished
    else { return nil }
    return flow
  }

  /// Where a whole item may come.
  fileprivate mutating func flowToFill() -> ItemFlow? {
    guard receiving == .open, caller == .waiting, sending == .done || sending == .open,
      !partial.isStarted
    else { return nil }
    return flow
  }

  fileprivate mutating func flowToRead() -> ItemFlow? { flow }
}

extension RemoteCall {
  fileprivate mutating func flowThatPasses() -> ItemFlow? {
    guard case .running = answer, outbox.isEmpty, let flow, flow.sendsItems else { return nil }
    return flow
  }

  fileprivate mutating func flowToFill() -> ItemFlow? {
    guard request == .items, case .running = answer, !partial.isStarted else { return nil }
    return flow
  }

  fileprivate mutating func flowToRead() -> ItemFlow? { flow }
}
