// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing

@testable internal import Transport

@Suite struct HandshakePaceTests {
  /// Notes how many handshakes ended in each turn of a loop, as long as it is asked to.
  private final class Sampler: Sendable {
    private let loop: EventLoop
    private let state = Locked((last: UInt64(0), most: UInt64(0), isOver: false))

    init(on loop: EventLoop) {
      self.loop = loop
    }

    var most: UInt64 { state.withLock { $0.most } }

    func end() {
      state.withLock { $0.isOver = true }
    }

    func sample() {
      let counters = loop.counters.pointee
      let count = counters.handshakesFull + counters.handshakesResumed
      let isOver = state.withLock { state in
        state.most = max(state.most, count - state.last)
        state.last = count
        return state.isOver
      }
      if !isOver { loop.nextTurn { self.sample() } }
    }
  }

  @Test("In one turn of a loop one handshake goes on, however many could")
  func pace() async throws {
    let server = try await TLSServer()
    let sampler = Sampler(on: server.loop)
    let client = try server.fixture.client(identity: server.fixture.identity("livy:session:b"))
    let loop = try EventLoop.start(name: "test-dialling")
    server.loop.submit { sampler.sample() }
    let address = server.address
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for _ in 0..<50 {
        tasks.addTask { _ = try await TLSDialer.dial(address, on: loop, context: client) }
      }
      try await tasks.waitForAll()
    }
    #expect(await eventually { server.connections.count == 50 })
    sampler.end()
    #expect(sampler.most == 1)
    await loop.stop()
    await server.stop()
  }
}
