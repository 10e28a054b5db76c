// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import Transport
internal import WireCodec

@testable internal import Wire

@Suite("The machine of calls")
struct ConnectionMachineTests {
  private static let noBytes: Swift.Result<EncodedMessage, CallError> = .success([])

  @Test(
    "A unary call goes there and back, and its slot is free at both ends",
    arguments: [0, 1, 4_095, 4_096, 65_536, 66_560, 66_561, 1_000_000])
  func unary(size: Int) throws {
    let pair = MachinePair()
    let id = try #require(pair.begin(bytes(size)).id)
    try pair.settle()
    let whole = WholeRequest(method: MachinePair.unary, bytes: bytes(size))
    // Not inside of #expect: it would print a megabyte.
    let isStarted = pair.takeActions(of: .far) == [.start(id, whole)]
    #expect(isStarted)
    pair.far.finish(id, with: .success(bytes(size, 9)))
    try pair.settle()
    let isAnswered = pair.takeActions(of: .near) == [.answered(id, bytes(size, 9))]
    #expect(isAnswered)
    #expect(pair.near.local.openCount == 0)
    #expect(pair.far.remote.openCount == 0)
    #expect(pair.near.queuedBytes == 0 && pair.far.queuedBytes == 0)
    #expect(pair.near.budget.usedBytes == 0 && pair.far.budget.usedBytes == 0)
  }

  @Test("A request that was begun before hello waits for it")
  func beforeHello() throws {
    let pair = MachinePair()
    _ = pair.begin([1])
    try pair.carry(from: .near)
    #expect(pair.nearFrames.map(\.header.kind) == [.hello])
    try pair.carry(from: .far)
    try pair.carry(from: .near)
    #expect(pair.nearFrames.map(\.header.kind) == [.hello, .request])
  }

  @Test("Calls above what the peer's hello allows fail, the others go on")
  func helloLimits() throws {
    var limits = WireLimits()
    limits.openCallsMax = 2
    limits.openStreamsMax = 1
    limits.messageBytesMax = 100
    let pair = MachinePair(far: limits)
    let first = pair.begin([1], method: MachinePair.streaming).id
    _ = pair.begin(bytes(101))
    _ = pair.begin([3])
    try pair.settle()
    let actions = pair.takeActions(of: .near)
    #expect(actions.flatMap(\.errors).map(\.code) == [.resourceExhausted, .resourceExhausted])
    #expect(pair.takeActions(of: .far).map(\.startedCall) == [first])
    #expect(pair.begin(bytes(101)).error?.code == .resourceExhausted)
    #expect(pair.begin([1], method: MachinePair.streaming).error?.code == .resourceExhausted)
    #expect(pair.begin([1]).id != nil)
    #expect(pair.begin([1]).error?.code == .resourceExhausted)
  }

  @Test("A small call and a ping overtake a large message, and large ones share")
  func interleaving() throws {
    let pair = MachinePair()
    try pair.settle()
    pair.forgetFrames()
    let first = try #require(pair.begin(bytes(300_000)).id)
    let second = try #require(pair.begin(bytes(300_000)).id)
    try pair.carry(from: .near, room: 70_000)
    let small = try #require(pair.begin([7]).id)
    pair.near.control.ping = 5
    try pair.settle()
    let order = pair.nearFrames.filter { $0.header.kind != .credit }
    #expect(order[0].header.call == first && order[1].header.call == second)
    #expect(order[2].header.kind == .ping)
    #expect(order[3].header.call == small)
    #expect(order[4].header.call == first && order[5].header.call == second)
    #expect(order[0].header.flags == .more)
    #expect(order[4].header.method == 0)
    #expect(pair.farFrames.contains { $0.header.kind == .pong })
    #expect(pair.takeActions(of: .far).compactMap(\.startedCall) == [small, first, second])
  }

  @Test("Large messages leave credit for small ones, and go on when credit returns")
  func creditReserve() throws {
    let pair = MachinePair()
    try pair.settle()
    pair.forgetFrames()
    _ = pair.begin(bytes(20 << 20))
    // The far end's output is not carried, so no credit returns.
    while try pair.carry(from: .near) {}
    #expect(pair.near.sendCredit.available >= 1 << 20)
    #expect(pair.near.sendCredit.available < 1 << 20 + 64 << 10)
    let small = try #require(pair.begin([1]).id)
    while try pair.carry(from: .near) {}
    #expect(pair.takeActions(of: .far).compactMap(\.startedCall) == [small])
    try pair.settle()
    #expect(pair.takeActions(of: .far).count == 1)
    #expect(pair.near.sendCredit.available > 8 << 20)
  }

  @Test("The timeout travels as what is left of it, at least a millisecond")
  func timeouts() throws {
    let pair = MachinePair()
    try pair.settle()
    _ = pair.begin([1], timeout: .milliseconds(1_500))
    pair.now = pair.now.advanced(by: .milliseconds(500))
    try pair.settle()
    guard case .start(_, let request) = pair.takeActions(of: .far)[0] else { return }
    #expect(request.deadline == pair.now.advanced(by: .seconds(1)))
    _ = pair.begin([1], timeout: .nanoseconds(10))
    try pair.settle()
    #expect(pair.nearFrames.last?.header.timeoutMilliseconds == 1)
    #expect(pair.begin([1], timeout: .zero).error?.code == .deadlineExceeded)
    _ = pair.begin([1], timeout: .seconds(60 * 24 * 3_600))
    try pair.settle()
    #expect(pair.nearFrames.last?.header.timeoutMilliseconds == .max)
    // Too far away to be told from never.
    _ = pair.begin([1], timeout: .seconds(Int64.max))
    try pair.settle()
    #expect(pair.nearFrames.last?.header.timeoutMilliseconds == 0)
  }

  @Test("A deadline ends the call at both ends, and the slot is free when both heard")
  func deadlines() throws {
    let pair = MachinePair()
    let id = try #require(pair.begin([1], timeout: .seconds(1)).id)
    try pair.settle()
    _ = pair.takeActions(of: .far)
    pair.now = pair.now.advanced(by: .seconds(2))
    let here = pair.near.expire(at: pair.now)
    #expect(here?.errors.map(\.code) == [.deadlineExceeded])
    #expect(pair.far.expire(at: pair.now) == .stop(id))
    #expect(pair.near.expire(at: pair.now) == nil)
    try pair.settle()
    #expect(pair.near.local.openCount == 1)
    pair.far.finish(id, with: .success([1]))
    try pair.settle()
    #expect(pair.takeActions(of: .near).isEmpty)
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
    #expect(pair.farFrames.last?.header.kind == .failure)
  }

  @Test("A cancel stops the handler; its answer frees the slot")
  func cancelRunning() throws {
    let pair = MachinePair()
    let id = try #require(pair.begin([1]).id)
    try pair.settle()
    let error = CallError(.cancelled, "enough")
    #expect(pair.near.fail(id, with: error) == FailedCall(call: id, error: error))
    #expect(pair.near.fail(id, with: error) == nil)
    try pair.settle()
    #expect(pair.takeActions(of: .far).last == .stop(id))
    #expect(pair.near.local.openCount == 1)
    pair.far.finish(id, with: .success([1]))
    try pair.settle()
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
  }

  @Test("A cancel that crosses the answer is ignored")
  func cancelCrosses() throws {
    let pair = MachinePair()
    let id = try #require(pair.begin([1]).id)
    try pair.settle()
    pair.far.finish(id, with: .success([2]))
    _ = pair.near.fail(id, with: CallError(.cancelled, ""))
    try pair.carry(from: .far)
    try pair.settle()
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
    let next = try #require(pair.begin([1]).id)
    #expect(next.index == id.index)
    try pair.settle()
    #expect(pair.takeActions(of: .far).last?.startedCall == next)
  }

  @Test(
    "A request is cancelled before, in the midst of and after its frames", arguments: [0, 1, 2])
  func cancelSending(framesSent: Int) throws {
    let pair = MachinePair()
    try pair.settle()
    let id = try #require(pair.begin(bytes(128 << 10)).id)
    for _ in 0..<framesSent { try pair.carry(from: .near, room: 0) }
    #expect(pair.near.fail(id, with: CallError(.cancelled, "")) != nil)
    try pair.settle()
    if framesSent == 2 { pair.far.finish(id, with: Self.noBytes) }
    try pair.settle()
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
    #expect(pair.near.queuedBytes == 0 && pair.far.budget.usedBytes == 0)
    #expect(pair.near.schedule.isEmpty)
    let next = try #require(pair.begin([5]).id)
    try pair.settle()
    #expect(pair.takeActions(of: .far).last?.startedCall == next)
  }

  @Test("A cancelled large response is broken off")
  func cancelResponse() throws {
    let pair = MachinePair()
    let id = try #require(pair.begin([1]).id)
    try pair.settle()
    pair.far.finish(id, with: .success(bytes(1 << 20)))
    try pair.carry(from: .far, room: 0)
    _ = pair.near.fail(id, with: CallError(.cancelled, ""))
    try pair.settle()
    #expect(pair.farFrames.filter { $0.header.kind == .response }.count < 4)
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
    #expect(pair.far.queuedBytes == 0 && pair.near.budget.usedBytes == 0)
  }

  @Test("Methods that nobody serves are refused, even while their request is on its way")
  func unimplemented() throws {
    let pair = MachinePair()
    _ = pair.begin(bytes(500_000), method: 77)
    try pair.settle()
    #expect(pair.takeActions(of: .near).flatMap(\.errors).map(\.code) == [.unimplemented])
    #expect(pair.takeActions(of: .far).isEmpty)
    #expect(pair.near.local.openCount == 0 && pair.far.remote.openCount == 0)
  }

  @Test("A response that the caller does not take becomes a failure")
  func responseTooLarge() throws {
    var limits = WireLimits()
    limits.messageBytesMax = 1_000
    let pair = MachinePair(near: limits)
    let id = try #require(pair.begin([1]).id)
    try pair.settle()
    pair.far.finish(id, with: .success(bytes(1_001)))
    try pair.settle()
    #expect(pair.takeActions(of: .near).flatMap(\.errors).map(\.code) == [.resourceExhausted])
  }

  @Test("What waits to be sent has a limit, for requests and responses")
  func queueLimit() throws {
    var limits = WireLimits()
    limits.queuedBytesMax = 1_000
    let pair = MachinePair(near: limits, far: limits)
    try pair.settle()
    #expect(pair.begin(bytes(900)).id != nil)
    #expect(pair.begin(bytes(101)).error?.code == .resourceExhausted)
    let id = try #require(pair.begin(bytes(100)).id)
    try pair.settle()
    pair.far.finish(id, with: .success(bytes(1_001)))
    try pair.settle()
    #expect(pair.takeActions(of: .near).flatMap(\.errors).map(\.code) == [.resourceExhausted])
  }

  @Test("The newest of the messages that are partly there fails when the budget is used up")
  func partialBudget() throws {
    var limits = WireLimits()
    limits.partialBytesMax = 400_000
    let pair = MachinePair(far: limits)
    try pair.settle()
    let first = try #require(pair.begin(bytes(300_000)).id)
    try pair.carry(from: .near, room: 0)
    let second = try #require(pair.begin(bytes(300_000)).id)
    try pair.settle()
    let failed = pair.takeActions(of: .near)
    #expect(failed.flatMap(\.errors).map(\.code) == [.resourceExhausted])
    guard case .failed(let calls) = failed.first else { return }
    #expect(calls.map(\.call) == [second])
    #expect(pair.takeActions(of: .far).map(\.startedCall) == [first])
    #expect(pair.far.budget.usedBytes == 0)
    #expect(pair.near.local.openCount == 1)
  }

  @Test("A large message leaves at once if nothing stands in line, and leaves the reserve alone")
  func largeAtOnce() throws {
    let pair = MachinePair()
    func leaves(_ bytes: Int) -> Bool { pair.near.sendsAtOnce(bytes) }
    let frameMax = pair.near.limits.framePayloadBytesMax
    #expect(!leaves(0))  // The hello comes first.
    try pair.settle()
    #expect(leaves(frameMax) && !leaves(frameMax + 1))
    _ = try #require(pair.begin(bytes(200_000)).id)
    #expect(!leaves(frameMax) && leaves(100))
    try pair.settle()
    #expect(leaves(frameMax))
    let reserve = pair.near.reservedCredit
    pair.near.sendCredit.spend(pair.near.sendCredit.available - reserve - 5_000)
    #expect(leaves(5_000) && !leaves(5_001))
    pair.near.sendCredit.spend(5_000 + reserve - 100)
    #expect(leaves(100) && !leaves(101))
  }

  @Test("A message that is given up within a frame leaves nothing, and the frame's end is ignored")
  func droppedWithinFrame() throws {
    let pair = MachinePair()
    try pair.settle()
    let id = try #require(pair.begin(bytes(300_000), timeout: .seconds(1)).id)
    try pair.carry(from: .near, room: 0)
    #expect(pair.far.budget.usedBytes == pair.near.peer.framePayloadBytesMax)
    let rest = FrameHeader(payloadBytes: 5_000, call: id, kind: .request, flags: .more)
    let piece: [UInt8] = bytes(3_000)
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    let wanted = pair.far.goOn(with: nothing, of: rest)
    #expect(wanted)
    _ = piece.withUnsafeBytes { pair.far.goOn(with: $0, of: rest) }
    pair.now = pair.now.advanced(by: .seconds(2))
    _ = pair.far.expire(at: pair.now)
    #expect(pair.far.budget.usedBytes == 0)
    _ = piece.withUnsafeBytes { pair.far.goOn(with: $0, of: rest) }
    let action = try pair.far.receive(Frame(header: rest, passedBytes: 5_000), at: pair.now)
    #expect(action == .nothing && pair.far.budget.usedBytes == 0)
    let wantedStill = pair.far.goOn(with: nothing, of: rest)
    #expect(!wantedStill)
  }

  @Test("Connections share a process's budget")
  func processBudget() throws {
    let process = ProcessBudget(bytesMax: 200_000)
    process.add(199_000)
    let pair = MachinePair()
    pair.far = ConnectionMachine(
      side: .accepted, limits: WireLimits(), serving: [MachinePair.unary: .unary],
      process: process)
    _ = pair.begin(bytes(300_000))
    try pair.settle()
    #expect(pair.takeActions(of: .near).flatMap(\.errors).map(\.code) == [.resourceExhausted])
    #expect(process.usedBytes == 199_000)
  }

  @Test("The context before a message is checked, and taken from a request")
  func meta() throws {
    let pair = MachinePair()
    try pair.settle()
    var id = CallID(opener: .dialed, index: 0, generation: 1).rawValue
    var request = frame(
      .request, call: id, method: 1, flags: .meta, payload: [3, 0, 9, 9, 9, 1, 2])
    let action = try pair.far.receive(request, at: pair.now)
    guard case .start(_, let whole) = action else { return #expect(Bool(false)) }
    #expect(whole.bytes == [1, 2])
    #expect(whole.trace == TraceContext([9, 9, 9]))
    for payload in [[], [1], [1, 0], [1, 4] + bytes(1_025)] as [[UInt8]] {
      id += 1 << 16
      request = frame(.request, call: id + 2, method: 1, flags: .meta, payload: payload)
      #expect(throws: ProtocolError.self) { try pair.far.receive(request, at: pair.now) }
    }
  }

  @Test("The end fails every call, tells which handlers run, and refuses new calls")
  func end() throws {
    let pair = MachinePair()
    try pair.settle()
    let running = try #require(pair.begin([1]).id)
    try pair.settle()
    let queued = try #require(pair.begin(bytes(1_000_000)).id)
    try pair.carry(from: .near, room: 0)
    let error = CallError(.unavailable, "cut")
    let ended = pair.near.end(with: error)
    #expect(Set(ended.failed.map(\.call)) == [running, queued])
    #expect(pair.begin([1]).error == error)
    #expect(pair.far.end(with: error).running == [running])
    #expect(pair.far.budget.usedBytes == 0)
    pair.far.finish(running, with: Self.noBytes)
    #expect(pair.near.end(with: error).failed.isEmpty)
  }
}
