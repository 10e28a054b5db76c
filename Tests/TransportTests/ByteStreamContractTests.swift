// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import TestSupport
internal import Testing
internal import Transport

/// What `ByteStream` promises, over everything that is one.
@Suite(.serialized) struct ByteStreamContractTests {
  private func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 31 ^ ($0 >> 8)) }
  }

  @Test("Bytes arrive whole and in order, both ways", arguments: Medium.allCases)
  func bothWays(medium: Medium) async throws {
    let ends = try await medium.connect()
    let near = await ends.near.startProbe()
    let far = await ends.far.startProbe()
    let there = pattern(100_000)
    let back = pattern(70_000, seed: 5)
    await ends.near.loop.run {
      for start in stride(from: 0, to: there.count, by: 1_000) {
        ends.near.value.write(Array(there[start..<start + 1_000]))
      }
    }
    await ends.far.write(back)
    #expect(await eventually { far.count == there.count && near.count == back.count })
    #expect(far.now.bytes == there)
    #expect(near.now.bytes == back)
    await ends.stop()
  }

  @Test("One that reads little in a turn gets all of it in more turns, also where it pauses")
  func restingReader() async throws {
    var limits = TransportLimits()
    limits.readsPerTurnMax = 1
    limits.readBufferBytes = 4 << 10
    let ends = try await Medium.tls.connect(limits: limits)
    let near = await ends.near.startProbe()
    let far = await ends.far.startProbe()
    let there = pattern(2 << 20)
    await ends.near.write(there)
    for _ in 0..<20 {
      await ends.far.loop.run { ends.far.value.pauseReading() }
      let count = far.count
      await ends.far.loop.run { ends.far.value.resumeReading() }
      #expect(await eventually { far.count > count || far.count == there.count })
    }
    #expect(await eventually { far.count == there.count })
    #expect(far.now.bytes == there)
    #expect(near.now.bytes.isEmpty)
    await ends.stop()
  }

  @Test("What was written before anybody listened is not lost", arguments: Medium.allCases)
  func early(medium: Medium) async throws {
    let ends = try await medium.connect()
    await ends.near.write(pattern(5_000))
    let near = await ends.near.startProbe()
    await ends.far.write(pattern(3_000))
    let far = await ends.far.startProbe()
    #expect(await eventually { far.count == 5_000 && near.count == 3_000 })
    await ends.stop()
  }

  @Test("finish flushes, says goodbye, and both ends end in order", arguments: Medium.allCases)
  func finish(medium: Medium) async throws {
    let ends = try await medium.connect()
    let near = await ends.near.startProbe()
    let far = await ends.far.startProbe()
    await ends.near.loop.run {
      ends.near.value.write([UInt8](repeating: 7, count: 3 << 20))
      ends.near.value.finish()
      ends.near.value.finish()
      ends.near.value.write([9])
    }
    #expect(await eventually { near.hasEnded && far.hasEnded })
    for record in [near.now, far.now] {
      #expect(record.ends == 1)
      #expect(record.lateCalls == 0)
      #expect(record.error == nil)
    }
    #expect(far.now.bytes == [UInt8](repeating: 7, count: 3 << 20))
    await ends.stop()
  }

  @Test("After the peer's goodbye what is queued still arrives", arguments: Medium.allCases)
  func answerAfterGoodbye(medium: Medium) async throws {
    let ends = try await medium.connect()
    let near = await ends.near.startProbe()
    let far = await ends.far.startProbe()
    // The far end has its answer queued when the goodbye comes.
    await ends.far.write(pattern(2 << 20))
    await ends.near.finish()
    #expect(await eventually { near.hasEnded && far.hasEnded })
    #expect(near.now.bytes == pattern(2 << 20))
    #expect(near.now.error == nil)
    #expect(far.now.error == nil)
    await ends.stop()
  }

  @Test("cancel ends at once, and the peer sees a cut", arguments: Medium.allCases)
  func cancel(medium: Medium) async throws {
    let ends = try await medium.connect()
    let near = await ends.near.startProbe()
    let far = await ends.far.startProbe()
    let heardAtOnce = await ends.near.loop.run {
      ends.near.value.cancel()
      ends.near.value.cancel()
      ends.near.value.write([1])
      ends.near.value.finish()
      return near.hasEnded
    }
    #expect(!heardAtOnce)
    #expect(await eventually { near.hasEnded && far.hasEnded })
    #expect(near.now.error?.code == .cancelled)
    #expect(far.now.error?.code == .reset)
    #expect(near.now.ends == 1 && near.now.lateCalls == 0)
    #expect(far.now.ends == 1 && far.now.lateCalls == 0)
    await ends.stop()
  }

  @Test("A stream that ended before it was started still tells so", arguments: Medium.allCases)
  func endBeforeStart(medium: Medium) async throws {
    let ends = try await medium.connect()
    await ends.near.cancel()
    _ = await eventually(within: .milliseconds(20)) { false }
    let near = await ends.near.startProbe()
    #expect(await eventually { near.hasEnded })
    #expect(near.now.error?.code == .cancelled)
    await ends.stop()
  }

  @Test("A paused receiver fills the writer; resumed, all arrives", arguments: Medium.allCases)
  func backpressure(medium: Medium) async throws {
    let ends = try await medium.connect()
    let total = 32 << 20
    let near = await ends.near.startProbe()
    let far = await ends.far.startProbe()
    await ends.far.loop.run { ends.far.value.pauseReading() }
    await ends.near.loop.run {
      ends.near.value.write([UInt8](repeating: 3, count: total))
    }
    // The kernel takes some megabytes, then no more.
    let stuck = Locked((bytes: -1, times: 0))
    let filled = await eventually {
      let queued = await ends.near.loop.run { ends.near.value.queuedBytes }
      return stuck.withLock { stuck in
        stuck.times = stuck.bytes == queued ? stuck.times + 1 : 0
        stuck.bytes = queued
        return stuck.times == 20 && queued > 1 << 20
      }
    }
    #expect(filled)
    #expect(near.now.drains == 0)
    await ends.far.loop.run { ends.far.value.resumeReading() }
    #expect(await eventually { far.count == total && near.now.drains == 1 })
    #expect(await ends.near.loop.run { ends.near.value.queuedBytes } == 0)
    await ends.stop()
  }

  @Test(
    "32 MiB pass a slow reader, and the writer that obeys the marks never holds much",
    arguments: Medium.allCases)
  func slowReader(medium: Medium) async throws {
    let ends = try await medium.connect()
    let feed = Feed(ends.near, total: 32 << 20)
    _ = await ends.near.startProbe(StreamProbe(onDrain: { feed.pump() }))
    let hiccup = Atomic(0)
    let far = await ends.far.startProbe(
      StreamProbe(onBytes: { _ in
        // Stops at every 64th piece and goes on in a later turn.
        guard hiccup.add(1, ordering: .relaxed).newValue % 64 == 0 else { return }
        ends.far.value.pauseReading()
        ends.far.loop.schedule(after: .microseconds(200)) { ends.far.value.resumeReading() }
      }))
    await ends.near.loop.run { feed.pump() }
    #expect(await eventually { far.hasEnded })
    #expect(far.count == 32 << 20)
    #expect(far.now.error == nil)
    #expect(feed.peak <= (256 << 10) + Feed.pieceBytes * 2)
    await ends.stop()
  }

  @Test("A peer that never closes is cut after the linger time", arguments: Medium.allCases)
  func linger(medium: Medium) async throws {
    var limits = TransportLimits()
    limits.lingerTimeout = .milliseconds(50)
    let ends = try await medium.connect(limits: limits)
    let near = await ends.near.startProbe()
    await ends.far.loop.run { ends.far.value.pauseReading() }
    await ends.near.loop.run {
      ends.near.value.write([UInt8](repeating: 1, count: 16 << 20))
      ends.near.value.finish()
    }
    #expect(await eventually { near.hasEnded })
    #expect(near.now.error?.code == .timedOut)
    await ends.stop()
  }

  @Test("When its loop stops, a stream ends with cancelled", arguments: [Medium.tcp, .tls])
  func loopStops(medium: Medium) async throws {
    let ends = try await medium.connect()
    let near = await ends.near.startProbe()
    let far = await ends.far.startProbe()
    await ends.loops[0].stop()
    #expect(near.now.error?.code == .cancelled)
    #expect(await eventually { far.hasEnded })
    #expect(far.now.error?.code == .reset)
    await ends.stop()
  }
}

/// Writes until the high mark, and goes on when drained.
private final class Feed: Sendable {
  static let pieceBytes = 64 << 10

  private let stream: LoopBound<any ByteStream>
  private let rest: Locked<Int>
  private let highest = Locked(0)

  init(_ stream: LoopBound<any ByteStream>, total: Int) {
    self.stream = stream
    rest = Locked(total)
  }

  var peak: Int { highest.withLock { $0 } }

  func pump() {
    let stream = stream.value
    while stream.queuedBytes <= 256 << 10 {
      let count = rest.withLock { rest in
        let count = min(rest, Self.pieceBytes)
        rest -= count
        return count
      }
      if count == 0 { return stream.finish() }
      stream.write([UInt8](repeating: 5, count: count))
      highest.withLock { $0 = max($0, stream.queuedBytes) }
    }
  }
}
