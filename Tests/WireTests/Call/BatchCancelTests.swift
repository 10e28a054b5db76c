// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

@Suite("A batch that is cancelled")
struct BatchCancelTests {
  private static let method = UnaryMethod<Blob, Blob>(number: 1, name: "Batch.HangUnlessZero")

  private static func table(_ witness: Witness) -> MethodTable {
    var table = MethodTable()
    table.on(method) { request, context in
      if request.number == 0 { return request }
      await witness.start(context)
      try await Task.sleep(for: .seconds(3_600))
      return request
    }
    return table
  }

  @Test("Nothing more is called afterwards", .timeLimit(.minutes(2)))
  func nothingMore() async throws {
    let loop = try EventLoop.start(name: "wire-test")
    let ends = MemoryStream.connections(on: loop)
    let witness = Witness()
    var limits = WireLimits()
    limits.openCallsMax = 2
    let near = Connection(ends.near, side: .dialed)
    let far = Connection(
      ends.far, side: .accepted, serving: Self.table(witness), limits: limits)
    await near.start()
    await far.start()
    // Now the peer's limit is known.
    _ = try await near.call(Self.method, Blob(0))
    let requests = [Blob(0)] + (1...4).map { Blob($0) }
    let batch = Task { try await near.call(Self.method, all: requests) }
    // The first is answered, the second hangs, and the third found no room.
    #expect(await eventually { await witness.started == 1 })
    #expect(await eventually { await near.pendingShortCalls == 1 })
    batch.cancel()
    let answers = try await batch.value
    let codes = answers.map { answer -> CallError.Code? in
      if case .failure(let error) = answer { error.code } else { nil }
    }
    #expect(codes == [nil, .cancelled, .resourceExhausted, .cancelled, .cancelled])
    #expect(await witness.started == 1)
    await near.close()
    _ = await (near.closed(), far.closed())
    await loop.stop()
  }
}

extension Connection {
  /// Calls of this side that went past the machine.
  var pendingShortCalls: Int { core.value.express.openCount }
}
