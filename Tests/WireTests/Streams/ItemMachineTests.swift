// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import Transport
internal import WireCodec

@testable internal import Wire

@Suite("The machine of calls: items from the caller")
struct ItemMachineTests {
  /// A call with items that the far end serves.
  private func opened(
    _ pair: MachinePair, _ method: UInt16 = MachinePair.upload, timeout: Duration? = nil
  ) throws -> CallID {
    let id = try #require(pair.begin([], method: method, timeout: timeout).id)
    try pair.settle()
    #expect(pair.takeActions(of: .far).compactMap(\.startedCall) == [id])
    return id
  }

  private func expectNothingLeft(_ pair: MachinePair) {
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
    #expect(pair.near.localStreams == 0 && pair.far.remoteStreams == 0)
    #expect(pair.near.budget.usedBytes == 0 && pair.far.budget.usedBytes == 0)
    #expect(pair.near.schedule.isEmpty && pair.far.schedule.isEmpty)
    #expect(pair.near.queuedBytes == 0 && pair.far.queuedBytes == 0)
  }

  private func refusal(_ result: ConnectionMachine.OfferResult) -> CallError? {
    guard case .refused(let error) = result else { return nil }
    return error
  }

  @Test("The caller's items come in order, then their end; one response answers them")
  func upload() throws {
    let pair = MachinePair()
    let id = try opened(pair)
    #expect(pair.far.takeItem(of: id) == .wait)
    for size in [0, 10, 100_000, 3] {
      #expect(pair.near.offer(bytes(size), to: id) == .accepted)
    }
    pair.near.finishItems(of: id)
    #expect(refusal(pair.near.offer([1], to: id))?.code == .failedPrecondition)
    try pair.settle()
    for size in [0, 10, 100_000, 3] {
      #expect(pair.far.takeItem(of: id) == .item(bytes(size)))
    }
    #expect(pair.far.takeItem(of: id) == .ended)
    #expect(pair.near.takeItem(of: id) == .wait)
    pair.far.finish(id, with: .success([9]))
    try pair.settle()
    #expect(pair.takeActions(of: .near) == [.flowEnded(id)])
    #expect(pair.near.takeItem(of: id) == .item([9]))
    #expect(pair.near.takeItem(of: id) == .ended)
    expectNothingLeft(pair)
  }

  @Test("A cancel that overtakes the reader is told to it, though all items had come")
  func cancelBehindTheEnd() throws {
    let pair = MachinePair()
    let id = try opened(pair)
    for size in [1, 2, 3] { #expect(pair.near.offer(bytes(size), to: id) == .accepted) }
    pair.near.finishItems(of: id)
    try pair.settle()
    #expect(pair.far.takeItem(of: id) == .item(bytes(1)))
    _ = pair.near.fail(id, with: CallError(.cancelled, "given up"))
    try pair.settle()
    // Not the end: two of the three items are gone.
    guard case .failed(let error) = pair.far.takeItem(of: id) else {
      Issue.record("the items seem to have ended in order")
      return
    }
    #expect(error.code == .cancelled)
  }

  @Test("Both sides send at once; after the caller's end the handler goes on")
  func bothWays() throws {
    let pair = MachinePair()
    let id = try opened(pair, MachinePair.both)
    for number in 0..<3 as Range<UInt8> {
      #expect(pair.near.offer([number], to: id) == .accepted)
      #expect(pair.far.offer([number, number], to: id) == .accepted)
    }
    pair.near.finishItems(of: id)
    try pair.settle()
    for number in 0..<3 as Range<UInt8> {
      #expect(pair.far.takeItem(of: id) == .item([number]))
      #expect(pair.near.takeItem(of: id) == .item([number, number]))
    }
    #expect(pair.far.takeItem(of: id) == .ended)
    #expect(pair.near.takeItem(of: id) == .wait)
    #expect(pair.far.offer([7], to: id) == .accepted)
    pair.far.finish(id, with: .success([]))
    try pair.settle()
    #expect(pair.near.takeItem(of: id) == .item([7]))
    #expect(pair.near.takeItem(of: id) == .ended)
    expectNothingLeft(pair)
  }

  @Test("A caller without credit waits until the handler consumes")
  func credit() throws {
    var limits = WireLimits()
    limits.streamCreditBytes = 1_000
    let pair = MachinePair(far: limits)
    let id = try opened(pair)
    var sent = 0
    while pair.near.offer(bytes(84), to: id) == .accepted { sent += 1 }
    #expect(sent == 10)
    try pair.settle()
    #expect(pair.takeActions(of: .near).isEmpty)
    for _ in 0..<3 { #expect(pair.far.takeItem(of: id) == .item(bytes(84))) }
    try pair.settle()
    #expect(pair.takeActions(of: .near) == [.creditCame(id)])
    while pair.near.offer(bytes(84), to: id) == .accepted { sent += 1 }
    #expect(sent == 13)
  }

  @Test("Items wait for the peer's hello, which tells the credit")
  func beforeHello() throws {
    let pair = MachinePair()
    let id = try #require(pair.begin([], method: MachinePair.upload).id)
    #expect(pair.near.offer([1], to: id) == .wait)
    try pair.settle()
    #expect(pair.near.offer([1], to: id) == .accepted)
    try pair.settle()
    #expect(pair.far.takeItem(of: id) == .item([1]))
  }

  @Test("Credit beyond measure does not fill this side's memory: senders wait for the wire")
  func unsentItems() throws {
    var limits = WireLimits()
    limits.unsentItemBytesMax = 10_000
    var generous = WireLimits()
    generous.streamCreditBytes = 1 << 30
    let pair = MachinePair(near: limits, far: generous)
    let id = try opened(pair)
    var sent = 0
    while pair.near.offer(bytes(1_008), to: id) == .accepted { sent += 1 }
    #expect(sent == 10)
    #expect(pair.near.takeUnstalled().isEmpty)
    for _ in 0..<4 { try pair.carry(from: .near, room: 0) }
    #expect(pair.near.takeUnstalled().isEmpty)
    for _ in 0..<2 { try pair.carry(from: .near, room: 0) }
    #expect(pair.near.takeUnstalled() == [id])
    #expect(pair.near.takeUnstalled().isEmpty)
    #expect(pair.near.offer(bytes(1_008), to: id) == .accepted)
  }

  @Test("An early answer ends the caller's sending; the slot is free when his last frame came")
  func earlyAnswer() throws {
    let pair = MachinePair()
    let id = try opened(pair)
    #expect(pair.near.offer([1], to: id) == .accepted)
    try pair.settle()
    pair.far.finish(id, with: .success([2]))
    try pair.carry(from: .far)
    #expect(pair.far.remote.openCount == 1)
    #expect(pair.takeActions(of: .near) == [.flowEnded(id)])
    #expect(refusal(pair.near.offer([3], to: id))?.code == .cancelled)
    #expect(pair.near.takeItem(of: id) == .item([2]))
    #expect(pair.near.local.openCount == 1)
    try pair.settle()
    #expect(pair.nearFrames.last?.header.kind == .cancel)
    expectNothingLeft(pair)
    let next = try opened(pair)
    #expect(next.index == id.index)
  }

  @Test("An early failure reaches the sender as its reason, before and after it was read")
  func earlyFailure() throws {
    let pair = MachinePair()
    let id = try opened(pair, MachinePair.both)
    for _ in 0..<5 { _ = pair.near.offer(bytes(100_000), to: id) }
    try pair.carry(from: .near, room: 0)
    let error = CallError(.dataLoss, "gone")
    pair.far.finish(id, with: .failure(error))
    try pair.carry(from: .far)
    #expect(refusal(pair.near.offer([3], to: id)) == error)
    #expect(pair.near.takeItem(of: id) == .failed(error))
    #expect(refusal(pair.near.offer([3], to: id)) == error)
    try pair.settle()
    #expect(refusal(pair.near.offer([3], to: id))?.code == .cancelled)
    expectNothingLeft(pair)
  }

  @Test("A caller's cancel reaches the handler that reads; what he did not read is forgotten")
  func cancel() throws {
    let pair = MachinePair()
    let id = try opened(pair, MachinePair.both)
    _ = pair.near.offer(bytes(100_000), to: id)
    try pair.settle()
    #expect(pair.far.budget.usedBytes == 100_000)
    let error = CallError(.cancelled, "enough")
    #expect(pair.near.fail(id, with: error) == FailedCall(call: id, error: error))
    #expect(refusal(pair.near.offer([1], to: id)) == error)
    try pair.settle()
    #expect(pair.takeActions(of: .far).last == .stop(id))
    #expect(pair.far.budget.usedBytes == 0)
    guard case .failed(let reason) = pair.far.takeItem(of: id) else {
      return #expect(Bool(false))
    }
    #expect(reason.code == .cancelled)
    pair.far.finish(id, with: .failure(reason))
    #expect(pair.near.takeItem(of: id) == .failed(error))
    try pair.settle()
    expectNothingLeft(pair)
  }

  @Test("A deadline passes over the whole call, at both ends")
  func deadline() throws {
    let pair = MachinePair()
    let id = try opened(pair, timeout: .seconds(1))
    pair.now = pair.now.advanced(by: .seconds(2))
    #expect(pair.near.expire(at: pair.now)?.errors.map(\.code) == [.deadlineExceeded])
    #expect(pair.far.expire(at: pair.now) == .stop(id))
    #expect(refusal(pair.near.offer([1], to: id))?.code == .deadlineExceeded)
    guard case .failed(let error) = pair.far.takeItem(of: id) else {
      return #expect(Bool(false))
    }
    #expect(error.code == .deadlineExceeded)
    pair.far.finish(id, with: .failure(error))
    pair.near.abandon(id)
    try pair.settle()
    expectNothingLeft(pair)
  }

  @Test("A call in which no handler was found drops the items on their way, and its slot lives on")
  func unserved() throws {
    let pair = MachinePair()
    try pair.settle()
    let call = NewCall(method: 77, shape: .bidirectional, request: [], timeout: nil)
    let id = try #require(pair.near.begin(call, at: pair.now).id)
    for _ in 0..<5 { #expect(pair.near.offer(bytes(50_000), to: id) == .accepted) }
    try pair.settle()
    guard case .failed(let error) = pair.near.takeItem(of: id) else {
      return #expect(Bool(false))
    }
    #expect(error.code == .unimplemented)
    try pair.settle()
    expectNothingLeft(pair)
    #expect(try opened(pair).index == id.index)
  }

  @Test(
    "A caller with another idea of a method's shape is refused in order",
    arguments: [
      (MachinePair.unary, MethodShape.clientStreaming), (MachinePair.upload, .unary),
      (MachinePair.streaming, .bidirectional), (MachinePair.both, .serverStreaming),
    ])
  func shapes(method: UInt16, shape: MethodShape) throws {
    let pair = MachinePair()
    try pair.settle()
    let call = NewCall(method: method, shape: shape, request: [], timeout: nil)
    let id = try #require(pair.near.begin(call, at: pair.now).id)
    try pair.settle()
    let actions = pair.takeActions(of: .near)
    if shape == .unary {
      #expect(actions.flatMap(\.errors).map(\.code) == [.unimplemented])
    } else {
      guard case .failed(let error) = pair.near.takeItem(of: id) else {
        return #expect(Bool(false))
      }
      #expect(error.code == .unimplemented)
    }
    #expect(pair.takeActions(of: .far).isEmpty)
    try pair.settle()
    expectNothingLeft(pair)
  }

  @Test("An item that is too large stops the handler with the reason")
  func itemTooLarge() throws {
    var limits = WireLimits()
    limits.messageBytesMax = 100_000
    let pair = MachinePair(far: limits)
    let id = try opened(pair)
    #expect(refusal(pair.near.offer(bytes(100_001), to: id))?.code == .resourceExhausted)
    let part = frame(.item, call: id.rawValue, flags: .more, payload: bytes(60_000))
    #expect(try pair.far.receive(part, at: pair.now) == .nothing)
    #expect(try pair.far.receive(part, at: pair.now) == .stop(id))
    #expect(try pair.far.receive(part, at: pair.now) == .nothing)
    guard case .failed(let error) = pair.far.takeItem(of: id) else {
      return #expect(Bool(false))
    }
    #expect(error.code == .resourceExhausted)
    #expect(pair.far.budget.usedBytes == 0)
  }

  @Test("Items that are partly there count in the budget; above it the newest call is stopped")
  func partialBudget() throws {
    var limits = WireLimits()
    limits.partialBytesMax = 400_000
    let pair = MachinePair(far: limits)
    let (first, second) = (try opened(pair), try opened(pair))
    #expect(pair.near.offer(bytes(300_000), to: first) == .accepted)
    try pair.carry(from: .near, room: 0)
    #expect(pair.near.offer(bytes(300_000), to: second) == .accepted)
    try pair.settle()
    #expect(pair.takeActions(of: .far).contains(.stop(second)))
    #expect(pair.far.takeItem(of: first) == .item(bytes(300_000)))
    pair.far.finish(second, with: .success([]))
    try pair.settle()
    guard case .failed(let error) = pair.near.takeItem(of: second) else {
      return #expect(Bool(false))
    }
    #expect(error.code == .resourceExhausted)
    #expect(pair.far.budget.usedBytes == 0)
  }

  @Test("The end of the connection reaches readers and senders of both sides")
  func connectionEnd() throws {
    let pair = MachinePair()
    let id = try opened(pair, MachinePair.both)
    _ = pair.near.offer(bytes(100_000), to: id)
    try pair.settle()
    let error = CallError(.unavailable, "cut")
    #expect(pair.near.end(with: error).failed.map(\.call) == [id])
    #expect(pair.far.end(with: error).running == [id])
    #expect(refusal(pair.near.offer([1], to: id)) == error)
    #expect(pair.near.takeItem(of: id) == .failed(error))
    #expect(refusal(pair.near.offer([1], to: id)) == error)
    #expect(pair.far.takeItem(of: id) == .failed(error))
    #expect(refusal(pair.far.offer([1], to: id)) == error)
    #expect(pair.far.budget.usedBytes == 0)
  }

  @Test("An item that the caller has no credit for ends the connection")
  func itemWithoutCredit() throws {
    var limits = WireLimits()
    limits.streamCreditBytes = 1_000
    let pair = MachinePair(far: limits)
    let id = try opened(pair)
    let item = frame(.item, call: id.rawValue, payload: bytes(990))
    #expect(try pair.far.receive(item, at: pair.now) == .inboxChanged(id))
    #expect(throws: ProtocolError.self) { try pair.far.receive(item, at: pair.now) }
  }
}
