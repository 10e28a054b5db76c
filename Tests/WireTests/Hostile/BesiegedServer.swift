// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
import WireCodec

@testable internal import Wire

/// A server with mutual TLS over loopback: peers come that play by no rule, and one that does.
final class BesiegedServer: Sendable {
  let witness = Witness()
  private let loop: EventLoop
  private let peersLoop: EventLoop
  private let contexts: LoopbackContexts
  private let accepted = Locked<[Connection]>([])
  private let opened = Locked<Listener?>(nil)

  /// Runs `body` against a server that serves the test methods; ends all afterwards.
  static func with(
    limits: WireLimits = WireLimits(), _ body: (BesiegedServer) async throws -> Void
  ) async throws {
    let server = try await BesiegedServer(limits)
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(try await body(server))
    } catch {
      result = .failure(error)
    }
    await server.peersLoop.stop()
    await TurnLog.note(server.loop)
    await server.loop.stop()
    try result.get()
  }

  private init(_ limits: WireLimits) async throws {
    TurnLog.begin()
    loop = try EventLoop.start(name: "besieged")
    peersLoop = try EventLoop.start(name: "peers")
    contexts = try LoopbackContexts()
    let listener = try await Listener.listen(
      on: loop, at: SocketAddress(ip: "127.0.0.1", port: 0), tls: contexts.server
    ) { [self] established in
      let connection = Connection(
        established, side: .accepted, serving: .forTests(witness), limits: limits)
      connection.assumeIsolated { $0.start() }
      accepted.withLock { $0.append(connection) }
    }
    opened.withLock { $0 = listener }
  }

  private func dial() async throws -> EstablishedConnection {
    let listener = try #require(opened.withLock { $0 })
    return try await TLSDialer.dial(
      listener.localAddress, on: peersLoop, context: contexts.client)
  }

  /// The next peer, and the server's connection with it.
  private func meet() async throws -> (EstablishedConnection, Connection) {
    let before = accepted.withLock { $0.count }
    let established = try await dial()
    #expect(await eventually { self.accepted.withLock { $0.count } > before })
    return (established, try #require(accepted.withLock { $0.last }))
  }

  /// A peer that speaks in frames of the test's making; it has said hello.
  func hostilePeer() async throws -> LoopbackPeer {
    let (established, connection) = try await meet()
    return await LoopbackPeer(established.stream, of: connection)
  }

  /// Runs `attack` while a good peer calls; it has to be served all the while.
  func servesOthers(during attack: @Sendable () async throws -> Void) async throws {
    let good = Connection(try await meet().0, side: .dialed)
    await good.start()
    let isOver = Locked(false)
    let calls = Task {
      var answers = 0
      repeat {
        let request = Blob(UInt64(answers), bytes: [1, 2, 3])
        let answer = try await good.call(TestMethods.echo, request, timeout: .seconds(60))
        #expect(answer == request)
        answers += 1
      } while !isOver.withLock { $0 }
      return answers
    }
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(try await attack())
    } catch {
      result = .failure(error)
    }
    isOver.withLock { $0 = true }
    #expect(try await calls.value > 0)
    await good.close()
    try result.get()
  }
}

/// A dialed peer that says what it is told to, and counts what it hears.
final class LoopbackPeer: Sendable {
  /// The server's end.
  let connection: Connection
  let ear: FrameEar
  private let stream: LoopBound<any ByteStream>

  fileprivate init(_ stream: LoopBound<any ByteStream>, of connection: Connection) async {
    self.connection = connection
    self.stream = stream
    let ear = FrameEar()
    self.ear = ear
    await stream.loop.run { stream.value.start(ear) }
    await stream.write(frame(.hello, payload: Hello(limits: PeerLimits()).encoded()).encoded())
  }

  /// Writes, and waits until the kernel took most of it.
  func send(_ bytes: [UInt8]) async {
    await stream.write(bytes)
    _ = await eventually { await self.isDrained }
  }

  func send(_ frames: Frame...) async {
    await send(frames.flatMap { $0.encoded() })
  }

  private var isDrained: Bool {
    get async {
      await stream.loop.run { [stream, ear] in
        stream.value.queuedBytes < 1 << 20 || ear.hasEnded
      }
    }
  }

  func stopReading() async {
    await stream.loop.run { [stream] in stream.value.pauseReading() }
  }

  func readAgain() async {
    await stream.loop.run { [stream] in stream.value.resumeReading() }
  }

  func cut() async {
    await stream.cancel()
  }
}

/// Counts frames by their kinds, and keeps a goodbye.
final class FrameEar: ByteStreamReceiver, Sendable {
  private struct Heard {
    var parser = FrameParser(payloadBytesMax: 1 << 20)
    var counts: [FrameKind: Int] = [:]
    var goaway: Goaway?
    var hasEnded = false
  }

  private let heard = Locked(Heard())

  func count(of kind: FrameKind) -> Int { heard.withLock { $0.counts[kind] ?? 0 } }
  var goaway: Goaway? { heard.withLock { $0.goaway } }
  var hasEnded: Bool { heard.withLock { $0.hasEnded } }

  func streamDidReceive(_ bytes: UnsafeRawBufferPointer) {
    heard.withLock { heard in
      for frame in (try? heard.parser.frames(in: Array(bytes))) ?? [] {
        heard.counts[frame.header.kind, default: 0] += 1
        if frame.header.kind == .goaway { heard.goaway = try? Goaway(decoding: frame.payload) }
      }
    }
  }

  func streamDidDrain() {}

  func streamDidEnd(_ error: TransportError?) {
    heard.withLock { $0.hasEnded = true }
  }
}
