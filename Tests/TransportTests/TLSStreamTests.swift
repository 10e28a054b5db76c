// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import TestSupport
internal import Testing

@testable internal import Transport

@Suite struct TLSStreamTests {
  /// A stream that claims to hold more than it does.
  private final class Padded: ByteStream {
    let stream: any ByteStream
    var extraBytes = 0

    init(_ stream: any ByteStream) { self.stream = stream }

    var loop: any Loop { stream.loop }
    var queuedBytes: Int { stream.queuedBytes + extraBytes }
    func start(_ receiver: any ByteStreamReceiver) { stream.start(receiver) }
    func write(_ bytes: [UInt8]) { stream.write(bytes) }
    func pauseReading() { stream.pauseReading() }
    func resumeReading() { stream.resumeReading() }
    func finish() { stream.finish() }
    func cancel() { stream.cancel() }
  }

  @Test("A writer that filled the stream hears of room also where the stream below never was full")
  func drain() async throws {
    let loop = try EventLoop.start(name: "test-drain")
    let contexts = try TLSFixture().contexts()
    let limits = TransportLimits()
    let below = MemoryStream.pair(on: loop)
    let padded = await loop.run { LoopBound(Padded(below.near.value), on: loop) }
    let address = SocketAddress(ip: "127.0.0.1", port: 1)
    async let dialled = Ends.handshake(on: loop) { done in
      TLSStream.client(
        over: padded.value, context: contexts.client, remoteAddress: address,
        timeout: .seconds(60), limits: limits, done: done)
    }
    async let accepted = Ends.handshake(on: loop) { done in
      TLSStream.server(
        over: below.far.value, context: contexts.server, remoteAddress: address,
        timeout: .seconds(60), limits: limits, done: done)
    }
    let (near, far) = try await (dialled.stream, accepted.stream)
    let nearProbe = await near.startProbe()
    let farProbe = await far.startProbe()
    await loop.run {
      // Below lies much from an earlier turn; with this turn's bytes the mark is passed; then,
      // before the turn ends, the kernel takes what lay below.
      padded.value.extraBytes = 200 << 10
      near.value.write([UInt8](repeating: 1, count: 100 << 10))
      padded.value.extraBytes = 0
    }
    #expect(await eventually { farProbe.count == 100 << 10 && nearProbe.now.drains == 1 })
    await loop.stop()
  }

  @Test(
    "A cut at any place of the stream is a truncation, never an orderly end",
    arguments: [100, 1_000, 1_700, 5_000, 20_000, 40_000])
  func truncation(cut: Int) async throws {
    let loop = try EventLoop.start(name: "test-cut")
    let contexts = try TLSFixture().contexts()
    let limits = TransportLimits()
    // Through a relay that ends the connection in TCP's orderly way after so many bytes.
    let left = MemoryStream.pair(on: loop)
    let right = MemoryStream.pair(on: loop)
    let rest = Locked(cut)
    _ = await left.far.startProbe(
      StreamProbe(onBytes: { bytes in
        let count = rest.withLock { rest in
          let count = min(rest, bytes.count)
          rest -= count
          return count
        }
        right.near.value.write(Array(bytes.prefix(count)))
        if count < bytes.count { right.near.value.finish() }
      }))
    _ = await right.near.startProbe(
      StreamProbe(onBytes: { left.far.value.write(Array($0)) }))
    let address = SocketAddress(ip: "127.0.0.1", port: 1)
    let outcome = Locked<TransportError?>(nil)
    let probe = StreamProbe()
    await loop.run {
      TLSStream.server(
        over: right.far.value, context: contexts.server, remoteAddress: address,
        timeout: .seconds(60), limits: limits
      ) { result in
        switch result {
        case .success(let connection): connection.stream.value.start(probe)
        case .failure(let error): outcome.withLock { $0 = error }
        }
      }
      TLSStream.client(
        over: left.near.value, context: contexts.client, remoteAddress: address,
        timeout: .seconds(60), limits: limits
      ) { result in
        guard case .success(let connection) = result else { return }
        connection.stream.value.start(StreamProbe())
        connection.stream.value.write([UInt8](repeating: 1, count: 60_000))
        connection.stream.value.finish()
      }
    }
    #expect(await eventually { probe.hasEnded || outcome.withLock { $0 != nil } })
    let error = probe.now.error ?? outcome.withLock { $0 }
    #expect(error?.code == .reset)
    await loop.stop()
  }

  @Test("Bytes that a paused receiver left are kept in order, whatever the pieces")
  func pausing() async throws {
    let ends = try await Medium.tlsOverMemory.connect()
    let count = Atomic(0)
    let far = await ends.far.startProbe(
      StreamProbe(onBytes: { _ in
        // Pauses at every piece, so that the rest of each delivery has to be kept.
        ends.far.value.pauseReading()
        if count.add(1, ordering: .relaxed).newValue % 2 == 0 {
          ends.far.value.resumeReading()
        } else {
          ends.far.loop.submit { ends.far.value.resumeReading() }
        }
      }))
    let near = await ends.near.startProbe()
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8)) }
    await ends.near.write(bytes)
    await ends.near.finish()
    #expect(await eventually { far.hasEnded && near.hasEnded })
    #expect(far.now.bytes == bytes)
    #expect(far.now.error == nil)
    #expect(near.now.error == nil)
    await ends.stop()
  }
}
