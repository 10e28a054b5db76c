// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
internal import WireCodec

@testable internal import Wire

@Suite("The trace context of calls")
struct TraceTests {
  @Test("A context has 1 to 1,024 bytes")
  func size() {
    #expect(TraceContext([]) == nil)
    #expect(TraceContext(bytes(1_024))?.bytes.count == 1_024)
    #expect(TraceContext(bytes(1_025)) == nil)
  }

  @Test(
    "It comes with the request, whatever its size, and costs credit but no message bytes",
    arguments: [0, 1, 4_095, 65_536, 200_000], MachinePair.shapes.keys.sorted())
  func requests(size: Int, method: UInt16) throws {
    let pair = MachinePair()
    let shape = try #require(MachinePair.shapes[method])
    let request = shape.takesItems ? [] : bytes(size)
    let trace = try #require(TraceContext(bytes(1_024, 5)))
    var call = NewCall(method: method, shape: shape, request: EncodedMessage(request), timeout: nil)
    call.trace = trace
    let id = try #require(pair.near.begin(call, at: pair.now).id)
    try pair.settle()
    guard case .start(_, let whole)? = pair.takeActions(of: .far).first else {
      return #expect(Bool(false))
    }
    #expect(whole.trace == trace)
    let isWhole = whole.bytes == EncodedMessage(request)
    #expect(isWhole)
    #expect(pair.near.queuedBytes == 0)
    #expect(
      pair.near.sendCredit.available + (16 << 20 - pair.far.receiveCredit.outstanding) == 16 << 20)
    pair.far.finish(id, with: .success([]))
    pair.near.finishItems(of: id)
    try pair.settle()
    #expect(pair.far.remote.openCount == 0)
  }

  @Test("A request of the largest size that waits for hello is not refused for its context")
  func beforeHello() throws {
    var limits = WireLimits()
    limits.messageBytesMax = 1_000
    let pair = MachinePair(far: limits)
    var call = NewCall(method: 1, shape: .unary, request: bytes(1_000), timeout: nil)
    call.trace = TraceContext(bytes(100))
    let id = try #require(pair.near.begin(call, at: pair.now).id)
    try pair.settle()
    #expect(pair.takeActions(of: .far).map(\.startedCall) == [id])
  }

  @Test("A handler sees what its caller attached, and its own calls carry it on")
  func passedOn() async throws {
    try await ConnectionPair.with { pair in
      let trace = try #require(TraceContext("00-4bf92f3577b34da6-01".utf8))
      let plain = try await pair.near.call(TestMethods.trace, Blob(1))
      #expect(plain.bytes == [])
      // The far handler asks the near one, which answers with what it saw.
      let answer = try await trace.attached {
        try await pair.near.call(TestMethods.trace, Blob(1), timeout: .seconds(600))
      }
      #expect(answer.bytes == trace.bytes)
      let after = try await pair.near.call(TestMethods.trace, Blob(0))
      #expect(after.bytes == [])
    }
  }
}
