// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing

@testable internal import Transport

@Suite(.serialized) struct EventLoopGroupTests {
  private let anyPort = SocketAddress(ip: "127.0.0.1", port: 0)

  private func withGroup(
    of count: Int, limits: TransportLimits = TransportLimits(),
    _ body: (EventLoopGroup) async throws -> Void
  ) async throws {
    let group = try await EventLoopGroup.start(name: "test-group", count: count, limits: limits)
    do {
      try await body(group)
    } catch {
      await group.stop()
      throw error
    }
    await group.stop()
  }

  @Test("A group has its loops, at least one, and gives them in turn")
  func turns() async throws {
    try await withGroup(of: 3) { group in
      #expect(group.loops.map(\.name) == ["test-group-0", "test-group-1", "test-group-2"])
      let given = (0..<6).map { _ in group.next().name }
      #expect(given == group.loops.map(\.name) + group.loops.map(\.name))
    }
    try await withGroup(of: 0) { #expect($0.loops.count == 1) }
  }

  @Test("Connections are spread evenly, each lives on its loop, and all are counted")
  func spread() async throws {
    try await withGroup(of: 3) { group in
      let fixture = try TLSFixture()
      let contexts = try fixture.contexts()
      let accepted = Locked<[EstablishedConnection]>([])
      let strays = Locked(0)
      let listener = try await Listener.listen(
        on: group, at: anyPort, tls: contexts.server
      ) { connection in
        if !connection.loop.isCurrent { strays.withLock { $0 += 1 } }
        accepted.withLock { $0.append(connection) }
      }
      let dialling = try EventLoop.start(name: "test-dialling")
      var dialled: [EstablishedConnection] = []
      for _ in 0..<30 {
        dialled.append(
          try await TLSDialer.dial(
            listener.localAddress, on: dialling, context: contexts.client))
      }
      #expect(await eventually { accepted.withLock { $0.count } == 30 })
      #expect(strays.withLock { $0 } == 0)
      for loop in group.loops {
        let here = accepted.withLock { $0.filter { $0.loop === loop }.count }
        #expect(here == 10)
        #expect(await loop.metrics().connectionsOpened == 10)
      }
      let probe = await accepted.withLock { $0[29] }.stream.startProbe()
      await dialled[29].stream.write([1, 2, 3])
      #expect(await eventually { probe.now.bytes == [1, 2, 3] })
      let sum = await group.metrics()
      #expect(sum.handshakesFull + sum.handshakesResumed == 30)
      #expect(sum.connectionsOpened == 30 && sum.connectionsClosed == 0)
      #expect(sum.bytesRead > 0 && sum.bytesWritten > 0 && sum.turns > 0)
      let stream = dialled[29].stream
      let counters = await dialling.run { stream.value.counters }
      #expect(counters.reads > 0 && counters.writes > 0)
      for connection in accepted.withLock({ $0.dropLast() }) {
        _ = await connection.stream.startProbe()
      }
      await dialling.stop()
      #expect(await eventually { await group.metrics().connectionsClosed == 30 })
    }
  }

  @Test("The limits of a listener hold for all of its loops together")
  func sharedLimits() async throws {
    var limits = TransportLimits()
    limits.connectionsMax = 3
    try await withGroup(of: 2, limits: limits) { group in
      let accepted = Locked<[EstablishedConnection]>([])
      let refusals = Locked<[TransportError.Code]>([])
      let listener = try await Listener.listen(on: group, at: anyPort) { connection in
        accepted.withLock { $0.append(connection) }
      } refused: { _, error in
        refusals.withLock { $0.append(error.code) }
      }
      let loop = try EventLoop.start(name: "test-dialling")
      for _ in 0..<3 { _ = try await TCPDialer.dial(listener.localAddress, on: loop) }
      #expect(await eventually { accepted.withLock { $0.count } == 3 })
      _ = try? await TCPDialer.dial(listener.localAddress, on: loop)
      #expect(await eventually { refusals.withLock { $0 } == [.limit] })
      #expect(await group.metrics().refusals == [.limit: 1])
      await accepted.withLock { $0[1] }.stream.cancel()
      #expect(
        await eventually { await group.metrics().connectionsClosed == 1 })
      _ = try await TCPDialer.dial(listener.localAddress, on: loop)
      #expect(await eventually { accepted.withLock { $0.count } == 4 })
      await loop.stop()
    }
  }

  @Test("A storm of drivers over few slots: all come in, half-open ones or not")
  func storm() async throws {
    var limits = TransportLimits()
    limits.handshakesMax = 8
    limits.handshakesPerAddressMax = 4
    limits.handshakeTimeout = .seconds(600)
    try await withGroup(of: 2, limits: limits) { group in
      let fixture = try TLSFixture()
      let contexts = try fixture.contexts()
      let refusals = Locked<[TransportError]>([])
      let accepted = Locked(0)
      let listener = try await Listener.listen(
        on: group, at: anyPort, tls: contexts.server
      ) { connection in
        accepted.withLock { $0 += 1 }
        connection.stream.value.start(StreamProbe())
      } refused: { _, error in
        refusals.withLock { $0.append(error) }
      }
      let loop = try EventLoop.start(name: "test-drivers")
      for _ in 0..<200 { _ = try await TCPDialer.dial(listener.localAddress, on: loop) }
      let address = listener.localAddress
      let count = try await withThrowingTaskGroup(of: EstablishedConnection.self) { tasks in
        for _ in 0..<100 {
          tasks.addTask {
            try await TLSDialer.dial(
              address, on: loop, context: contexts.client, timeout: .seconds(600))
          }
        }
        return try await tasks.reduce(into: 0) { count, _ in count += 1 }
      }
      #expect(count == 100)
      #expect(await eventually { accepted.withLock { $0 } == 100 })
      #expect(refusals.withLock { $0.isEmpty })
      await loop.stop()
    }
  }
}
