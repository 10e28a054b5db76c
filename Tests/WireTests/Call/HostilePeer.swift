// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import TestSupport
internal import Transport
import WireCodec

@testable internal import Wire

/// The other end of a connection, played by hand with frames of any kind. It dialed; the connection
/// accepted.
final class HostilePeer: Sendable {
  let connection: Connection
  let witness: Witness
  private let stream: LoopBound<any ByteStream>
  private let probe = StreamProbe()

  private init(_ connection: Connection, _ witness: Witness, _ stream: LoopBound<any ByteStream>) {
    self.connection = connection
    self.witness = witness
    self.stream = stream
  }

  /// Runs `body` against a connection that serves the test methods; says `hello` first, if there is
  /// one.
  static func with(
    limits: WireLimits = WireLimits(), hello: Hello? = Hello(limits: PeerLimits()),
    _ body: (HostilePeer) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "wire-test")
    let ends = MemoryStream.connections(on: loop)
    let witness = Witness()
    let connection = Connection(
      ends.far, side: .accepted, serving: .forTests(witness), limits: limits)
    let peer = HostilePeer(connection, witness, ends.near.stream)
    _ = await peer.stream.startProbe(peer.probe)
    await connection.start()
    if let hello { await peer.send(WireTests.frame(.hello, payload: hello.encoded())) }
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(try await body(peer))
    } catch {
      result = .failure(error)
    }
    await peer.stream.cancel()
    await connection.close()
    _ = await connection.closed()
    await loop.stop()
    try result.get()
  }

  func send(_ frames: Frame...) async {
    await stream.write(frames.flatMap { $0.encoded() })
  }

  func send(bytes: [UInt8]) async {
    await stream.write(bytes)
  }

  /// Cuts the stream.
  func cut() async {
    await stream.cancel()
  }

  var hasEnded: Bool { probe.now.hasEnded }

  /// What the connection sent so far.
  var received: [Frame] {
    var parser = FrameParser(payloadBytesMax: 1 << 20)
    return (try? parser.frames(in: probe.now.bytes)) ?? []
  }

  /// Waits for a frame; `nil` when it never comes.
  func frame(where matches: @escaping @Sendable (Frame) -> Bool) async -> Frame? {
    _ = await eventually { self.received.contains(where: matches) }
    return received.first(where: matches)
  }
}

extension Connection {
  func cutStream() {
    end(ConnectionEnd(.silent, "cut by the test"))
  }

  var pingsSent: UInt64 { core.value.keepalive.pings }

  var hasReader: Bool {
    core.value.machine.local.openIDs.contains { waiters.hasReader($0) }
  }

  /// So many items wait for the reader of the one stream that is open.
  func hasItems(_ count: Int) -> Bool {
    let core = core.value
    return core.machine.local.openIDs.contains {
      core.machine.local[$0]?.flow?.inbox.count == count
    }
  }
}
