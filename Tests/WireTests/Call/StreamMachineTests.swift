// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import Transport
internal import WireCodec

@testable internal import Wire

@Suite("The machine of calls: streams and goodbyes")
struct StreamMachineTests {
  /// A stream that the far end serves.
  private func opened(_ pair: MachinePair) throws -> CallID {
    let id = try #require(pair.begin([1], method: MachinePair.streaming).id)
    try pair.settle()
    _ = pair.takeActions(of: .far)
    return id
  }

  @Test("Items come in order, then the end; then the slot is free")
  func items() throws {
    let pair = MachinePair()
    let id = try opened(pair)
    #expect(pair.near.takeItem(of: id) == .wait)
    for size in [0, 10, 100_000, 3] {
      #expect(pair.far.offer(bytes(size), to: id) == .accepted)
    }
    pair.far.finish(id, with: .success([]))
    try pair.settle()
    for size in [0, 10, 100_000, 3] {
      #expect(pair.near.takeItem(of: id) == .item(bytes(size)))
    }
    #expect(pair.far.remote.openCount == 0)
    #expect(pair.near.local.openCount == 1)
    #expect(pair.near.takeItem(of: id) == .ended)
    #expect(pair.near.local.openCount == 0)
    #expect(pair.near.takeItem(of: id) == .ended)
    #expect(pair.near.budget.usedBytes == 0)
    #expect(pair.near.localStreams == 0 && pair.far.remoteStreams == 0)
  }

  @Test("A sender without credit waits until items are consumed")
  func credit() throws {
    var limits = WireLimits()
    limits.streamCreditBytes = 1_000
    let pair = MachinePair(near: limits)
    let id = try opened(pair)
    var sent = 0
    while pair.far.offer(bytes(84), to: id) == .accepted { sent += 1 }
    #expect(sent == 10)
    #expect(pair.far.offer(bytes(84), to: id) == .wait)
    try pair.settle()
    #expect(pair.takeActions(of: .far).isEmpty)
    for _ in 0..<3 { _ = pair.near.takeItem(of: id) }
    try pair.settle()
    #expect(pair.takeActions(of: .far) == [.creditCame(id)])
    while pair.far.offer(bytes(84), to: id) == .accepted { sent += 1 }
    #expect(sent == 13)
  }

  @Test("One item larger than all credit still passes")
  func largeItem() throws {
    var limits = WireLimits()
    limits.streamCreditBytes = 1_000
    let pair = MachinePair(near: limits)
    let id = try opened(pair)
    for round in 0..<3 {
      #expect(pair.far.offer(bytes(500_000), to: id) == .accepted)
      #expect(pair.far.offer([1], to: id) == .wait)
      try pair.settle()
      #expect(pair.near.takeItem(of: id) == .item(bytes(500_000)), "round \(round)")
      try pair.settle()
    }
  }

  @Test("A failure comes after the items before it")
  func failure() throws {
    let pair = MachinePair()
    let id = try opened(pair)
    _ = pair.far.offer([1], to: id)
    let error = CallError(.dataLoss, "gone")
    pair.far.finish(id, with: .failure(error))
    try pair.settle()
    #expect(pair.near.takeItem(of: id) == .item([1]))
    #expect(pair.near.takeItem(of: id) == .failed(error))
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
  }

  @Test("A reader that leaves cancels the stream, and what it did not read is forgotten")
  func abandon() throws {
    let pair = MachinePair()
    let id = try opened(pair)
    _ = pair.far.offer(bytes(100_000), to: id)
    try pair.settle()
    #expect(pair.near.budget.usedBytes == 100_000)
    _ = pair.far.offer(bytes(100_000), to: id)
    pair.near.abandon(id)
    #expect(pair.near.budget.usedBytes == 0)
    try pair.settle()
    #expect(pair.takeActions(of: .far) == [.stop(id)])
    guard case .refused(let error) = pair.far.offer([1], to: id) else {
      return #expect(Bool(false))
    }
    #expect(error.code == .cancelled)
    pair.far.finish(id, with: .success([]))
    try pair.settle()
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
    #expect(pair.far.schedule.isEmpty)
  }

  @Test("After a deadline no item comes through, and the cancel is sent once")
  func itemsBehindDeadline() throws {
    let pair = MachinePair()
    let id = try #require(
      pair.begin([1], method: MachinePair.streaming, timeout: .seconds(1)).id)
    try pair.settle()
    _ = pair.far.offer([1], to: id)
    pair.now = pair.now.advanced(by: .seconds(2))
    #expect(pair.near.expire(at: pair.now)?.errors.map(\.code) == [.deadlineExceeded])
    try pair.carry(from: .near)
    try pair.carry(from: .far)
    guard case .failed(let error) = pair.near.takeItem(of: id) else {
      return #expect(Bool(false))
    }
    #expect(error.code == .deadlineExceeded)
    pair.near.abandon(id)
    try pair.settle()
    #expect(pair.nearFrames.filter { $0.header.kind == .cancel }.count == 1)
    pair.far.finish(id, with: .success([]))
    try pair.settle()
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
  }

  @Test("A stream that ended in time stays whole, although its reader is late")
  func lateReader() throws {
    let pair = MachinePair()
    let id = try #require(
      pair.begin([1], method: MachinePair.streaming, timeout: .seconds(1)).id)
    try pair.settle()
    _ = pair.far.offer([1], to: id)
    pair.far.finish(id, with: .success([]))
    try pair.settle()
    pair.now = pair.now.advanced(by: .seconds(2))
    #expect(pair.near.expire(at: pair.now) == .nothing)
    #expect(pair.near.takeItem(of: id) == .item([1]))
    #expect(pair.near.takeItem(of: id) == .ended)
    #expect(pair.near.local.openCount == 0)
  }

  @Test("The end of the connection leaves the items that came, then its error")
  func cut() throws {
    let pair = MachinePair()
    let id = try opened(pair)
    _ = pair.far.offer([1], to: id)
    try pair.settle()
    let error = CallError(.unavailable, "cut")
    #expect(pair.near.end(with: error).failed.map(\.call) == [id])
    #expect(pair.near.takeItem(of: id) == .item([1]))
    #expect(pair.near.takeItem(of: id) == .failed(error))
    #expect(pair.near.takeItem(of: id) == .ended)
    _ = pair.far.end(with: error)
    #expect(pair.far.offer([1], to: id) == .refused(error))
  }

  @Test("A peer that opens more streams than it was told is refused")
  func streamFlood() throws {
    var limits = WireLimits()
    limits.openStreamsMax = 1
    let pair = MachinePair(far: limits)
    _ = try opened(pair)
    let stray = CallID(opener: .dialed, index: 5, generation: 1)
    let request = frame(.request, call: stray.rawValue, method: MachinePair.streaming)
    #expect(try pair.far.receive(request, at: pair.now) == .nothing)
    #expect(pair.far.remote[stray]?.answer == .ending)
    #expect(pair.far.schedule.firstEnding == stray)
  }

  @Test("No more streams are opened than the peer allows; more follow when they end")
  func streamLimit() throws {
    var limits = WireLimits()
    limits.openStreamsMax = 1
    let pair = MachinePair(far: limits)
    let id = try opened(pair)
    #expect(pair.begin([1], method: MachinePair.streaming).error?.code == .resourceExhausted)
    pair.far.finish(id, with: .success([]))
    try pair.settle()
    #expect(pair.near.takeItem(of: id) == .ended)
    _ = try opened(pair)
  }

  @Test("After goaway open calls go on, new ones are refused, then both ends are drained")
  func goaway() throws {
    let pair = MachinePair()
    let id = try #require(pair.begin([1]).id)
    try pair.settle()
    pair.far.sayGoaway(Goaway(.draining, "restart"))
    #expect(!pair.isDrained(.far))
    let late = try #require(pair.begin([2]).id)
    try pair.carry(from: .near)
    try pair.settle()
    let actions = pair.takeActions(of: .near)
    #expect(actions.contains(.goaway(Goaway(.draining, "restart"), [])))
    #expect(actions.flatMap(\.errors).map(\.code) == [.unavailable])
    #expect(pair.near.local[late] == nil)
    #expect(pair.begin([3]).error?.code == .unavailable)
    #expect(!pair.isDrained(.near))
    pair.far.finish(id, with: .success([4]))
    try pair.settle()
    #expect(pair.takeActions(of: .near) == [.answered(id, [4])])
    #expect(pair.isDrained(.near) && pair.isDrained(.far))
  }

  @Test("Goaway fails the calls of which the peer never heard")
  func goawayBeforeSending() throws {
    let pair = MachinePair()
    try pair.settle()
    let id = try #require(pair.begin([1]).id)
    pair.far.sayGoaway(Goaway(.draining, "restart"))
    try pair.carry(from: .far)
    guard case .goaway(_, let failed) = pair.takeActions(of: .near).first else {
      return #expect(Bool(false))
    }
    #expect(failed.map(\.call) == [id])
    #expect(failed.map(\.error.code) == [.unavailable])
    #expect(pair.isDrained(.near))
  }
}
