// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing

@testable internal import Transport

/// A listener that echoes, and writes down whom it turned away and why.
final class TLSServer: Sendable {
  let loop: EventLoop
  let fixture: TLSFixture
  private let opened = Locked<Listener?>(nil)
  private let arrived = Locked<[EstablishedConnection]>([])
  private let turnedAway = Locked<[TransportError]>([])
  private let ended = Locked<[TransportError?]>([])

  init(
    limits: TransportLimits = TransportLimits(), identity: TLSIdentity? = nil,
    verify: @escaping TLSContext.Verify = { _, _ in nil }
  ) async throws {
    TurnLog.begin()
    fixture = try TLSFixture()
    loop = try EventLoop.start(name: "tls-server", limits: limits)
    let context = try fixture.server(identity: identity, verify: verify)
    let listener = try await Listener.listen(
      on: loop, at: SocketAddress(ip: "127.0.0.1", port: 0), tls: context
    ) { [self] connection in
      arrived.withLock { $0.append(connection) }
      connection.stream.value.start(
        Echo(connection.stream.value) { [self] error in
          ended.withLock { $0.append(error) }
        })
    } refused: { [self] _, error in
      turnedAway.withLock { $0.append(error) }
    }
    opened.withLock { $0 = listener }
  }

  var address: SocketAddress {
    opened.withLock { $0?.localAddress } ?? SocketAddress(ip: "127.0.0.1", port: 0)
  }

  var refusals: [TransportError] { turnedAway.withLock { $0 } }
  var connections: [EstablishedConnection] { arrived.withLock { $0 } }
  var ends: [TransportError?] { ended.withLock { $0 } }

  func stop() async {
    await TurnLog.note(loop)
    await loop.stop()
  }

  /// Waits for one refusal and takes it off the list.
  func nextRefusal() async throws -> TransportError {
    #expect(await eventually { self.refusals.count == 1 })
    return try #require(turnedAway.withLock { $0.popLast() })
  }

  /// Proves that the server goes on serving: a peer as it should be gets its echo.
  func servesGoodPeers() async throws {
    let client = try fixture.client(identity: fixture.identity("livy:session:good"))
    // Its patience is its own, not the server's.
    let connection = try await TLSDialer.dial(
      address, on: loop, context: client, timeout: .seconds(120), limits: TransportLimits())
    let probe = await connection.stream.startProbe()
    await connection.stream.write([1, 2, 3])
    #expect(await eventually { probe.now.bytes == [1, 2, 3] })
    await connection.stream.finish()
    #expect(await eventually { probe.hasEnded })
    #expect(probe.now.error == nil)
  }

  /// How a dial ends that is bound to fail: by itself, or as the end of its stream.
  func failure(of context: TLSContext) async -> TransportError? {
    do throws(TransportError) {
      let connection = try await TLSDialer.dial(address, on: loop, context: context)
      let probe = await connection.stream.startProbe()
      #expect(await eventually { probe.hasEnded })
      return probe.now.error
    } catch {
      return error
    }
  }
}

private final class Echo: ByteStreamReceiver {
  private let stream: any ByteStream
  private let onEnd: @Sendable (TransportError?) -> Void

  init(_ stream: any ByteStream, onEnd: @escaping @Sendable (TransportError?) -> Void) {
    self.stream = stream
    self.onEnd = onEnd
  }

  func streamDidReceive(_ bytes: UnsafeRawBufferPointer) { stream.write(Array(bytes)) }
  func streamDidDrain() {}
  func streamDidEnd(_ error: TransportError?) { onEnd(error) }
}
