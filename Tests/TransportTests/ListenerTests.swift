// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing

@testable internal import Transport

@Suite(.serialized) struct ListenerTests {
  private let anyPort = SocketAddress(ip: "127.0.0.1", port: 0)

  private func withLoop(
    _ limits: TransportLimits = TransportLimits(), _ body: (EventLoop) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "test-listener", limits: limits)
    do {
      try await body(loop)
    } catch {
      await loop.stop()
      throw error
    }
    await loop.stop()
  }

  @Test("A dial that nobody answers is refused, with the address and the system's words")
  func dialRefused() async throws {
    try await withLoop { loop in
      let listener = try await Listener.listen(on: loop, at: anyPort) { _ in }
      let address = listener.localAddress
      await listener.close()
      let error = await #expect(throws: TransportError.self) {
        try await TCPDialer.dial(address, on: loop)
      }
      #expect(error?.code == .refused)
      #expect(error?.message == "cannot connect to \(address)")
      #expect(error?.reason == "connection refused (ECONNREFUSED)")
    }
  }

  @Test("A dial ends with its deadline, or with its task")
  func dialTimeout() async throws {
    try await withLoop { loop in
      // A full backlog answers no connection: one waits in it, the next ones hang.
      let silent = try ListeningDescriptor(at: anyPort, backlog: 0)
      defer { silent.close() }
      let address = silent.localAddress
      await withTaskGroup(of: TransportError.Code?.self) { group in
        for _ in 0..<12 {
          group.addTask {
            do throws(TransportError) {
              let dialled = try await TCPDialer.dial(
                address, on: loop, timeout: .milliseconds(100))
              await dialled.stream.cancel()
              return nil
            } catch {
              return error.code
            }
          }
        }
        var codes: [TransportError.Code?] = []
        for await code in group { codes.append(code) }
        #expect(codes.contains(.timedOut))
        #expect(codes.allSatisfy { $0 == nil || $0 == .timedOut })
      }
      let task = Task { try await TCPDialer.dial(address, on: loop, timeout: .seconds(3_600)) }
      task.cancel()
      switch await task.result {
      case .success(let dialled): await dialled.stream.cancel()
      case .failure(let error): #expect((error as? TransportError)?.code == .cancelled)
      }
    }
  }

  @Test("Names and nonsense are no addresses", arguments: ["localhost", "", "1.2.3", "::g", "a\0"])
  func badAddress(ip: String) async throws {
    try await withLoop { loop in
      let address = SocketAddress(ip: ip, port: 1)
      let dialled = await #expect(throws: TransportError.self) {
        try await TCPDialer.dial(address, on: loop)
      }
      #expect(dialled?.code == .badAddress)
      let listening = await #expect(throws: TransportError.self) {
        try await Listener.listen(on: loop, at: address) { _ in }
      }
      #expect(listening?.code == .badAddress)
    }
  }

  @Test("A port in use is told; a range gives the first free one")
  func ports() async throws {
    try await withLoop { loop in
      let first = try await Listener.listen(on: loop, at: anyPort) { _ in }
      let taken = first.localAddress
      #expect(taken.port != 0)
      let error = await #expect(throws: TransportError.self) {
        try await Listener.listen(on: loop, at: taken) { _ in }
      }
      #expect(error?.code == .addressInUse)

      let range = taken.port...min(taken.port, UInt16.max - 20) + 20
      let second = try await Listener.listen(on: loop, at: anyPort, ports: range) { _ in }
      #expect(range.contains(second.localAddress.port))
      #expect(second.localAddress.port != taken.port)
      await first.close()
      // A child that another test is just starting holds a copy of the socket until its `exec`.
      let isFree = await eventually {
        (try? await Listener.listen(on: loop, at: taken) { _ in })?.localAddress == taken
      }
      #expect(isFree)
    }
  }

  @Test("IPv6 works where the host has it")
  func ipv6() async throws {
    try await withLoop { loop in
      let listener: Listener
      do throws(TransportError) {
        listener = try await Listener.listen(
          on: loop, at: SocketAddress(ip: "::1", port: 0)
        ) { $0.stream.value.finish() }
      } catch {
        // This host has no IPv6.
        #expect(error.code == .unreachable || error.code == .system)
        return
      }
      #expect(listener.localAddress.description.hasPrefix("[::1]:"))
      let dialled = try await TCPDialer.dial(listener.localAddress, on: loop)
      let probe = await dialled.stream.startProbe()
      #expect(await eventually { probe.hasEnded })
      #expect(probe.now.error == nil)
    }
  }

  /// How a connection ends that the listener turns away: its reset may come before the dial has
  /// ended, or after.
  private func endOfDial(_ address: SocketAddress, on loop: EventLoop) async -> TransportError? {
    do throws(TransportError) {
      let dialled = try await TCPDialer.dial(address, on: loop)
      let probe = await dialled.stream.startProbe()
      #expect(await eventually { probe.hasEnded })
      return probe.now.error
    } catch {
      return error
    }
  }

  @Test("Above connectionsMax a new connection is closed at once, below it one comes in again")
  func connectionsMax() async throws {
    var limits = TransportLimits()
    limits.connectionsMax = 2
    try await withLoop(limits) { loop in
      let accepted = Locked<[EstablishedConnection]>([])
      let refusals = Locked<[TransportError]>([])
      let listener = try await Listener.listen(on: loop, at: anyPort) { connection in
        accepted.withLock { $0.append(connection) }
      } refused: { _, error in
        refusals.withLock { $0.append(error) }
      }
      let probes = [StreamProbe(), StreamProbe()]
      for probe in probes {
        let dialled = try await TCPDialer.dial(listener.localAddress, on: loop)
        _ = await dialled.stream.startProbe(probe)
      }
      #expect(await endOfDial(listener.localAddress, on: loop)?.code == .reset)
      #expect(accepted.withLock { $0.count } == 2)
      #expect(refusals.withLock { $0.map(\.code) } == [.limit])
      #expect(!probes[0].hasEnded && !probes[1].hasEnded)

      await accepted.withLock { $0[0] }.stream.cancel()
      #expect(await eventually { probes[0].hasEnded })
      _ = try await TCPDialer.dial(listener.localAddress, on: loop)
      #expect(await eventually { accepted.withLock { $0.count } == 3 })
    }
  }

  @Test("Closing a listener leaves its connections alone and cuts those that are not proven")
  func close() async throws {
    try await withLoop { loop in
      let contexts = try TLSFixture().contexts()
      let accepted = Locked<[EstablishedConnection]>([])
      let listener = try await Listener.listen(
        on: loop, at: anyPort, tls: contexts.server
      ) { connection in
        accepted.withLock { $0.append(connection) }
      }
      let good = try await TLSDialer.dial(
        listener.localAddress, on: loop, context: contexts.client)
      let goodProbe = await good.stream.startProbe()
      let silent = try await TCPDialer.dial(listener.localAddress, on: loop)
      let silentProbe = await silent.stream.startProbe()
      #expect(await eventually { accepted.withLock { $0.count } == 1 })
      await listener.close()
      await listener.close()
      #expect(await eventually { silentProbe.hasEnded })
      let far = await accepted.withLock { $0[0] }.stream.startProbe()
      await good.stream.write([1, 2, 3])
      #expect(await eventually { far.count == 3 })
      #expect(!goodProbe.hasEnded)
    }
  }

  @Test("A dial whose loop stops ends with cancelled, be it in TCP or in TLS")
  func loopStopsWithinDial() async throws {
    try await withLoop { serving in
      let accepted = Locked(0)
      // It speaks no TLS, so the handshake hangs.
      let listener = try await Listener.listen(on: serving, at: anyPort) { _ in
        accepted.withLock { $0 += 1 }
      }
      let client = try TLSFixture().contexts().client
      let loop = try EventLoop.start(name: "test-dialling")
      let dial = Task {
        try await TLSDialer.dial(listener.localAddress, on: loop, context: client)
      }
      #expect(await eventually { accepted.withLock { $0 == 1 } })
      await loop.stop()
      let error = await #expect(throws: TransportError.self) { try await dial.value }
      #expect(error?.code == .cancelled)
    }
  }

  @Test("The loop that stops refuses new sockets and says so")
  func stoppedLoop() async throws {
    let loop = try EventLoop.start(name: "test-stopped")
    await loop.stop()
    let dialled = await #expect(throws: TransportError.self) {
      try await TCPDialer.dial(SocketAddress(ip: "127.0.0.1", port: 1), on: loop)
    }
    #expect(dialled?.code == .closed)
    await #expect(throws: TransportError.self) {
      try await Listener.listen(on: loop, at: anyPort) { _ in }
    }
    await #expect(throws: TransportError.self) {
      try await ChildProcess.spawn(ChildProcessOptions(executable: "/bin/true"), on: loop)
    }
  }
}
