// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
internal import WireCodec

@testable internal import Wire

@Suite("What a connection counts")
struct MetricsTests {
  @Test("Calls are counted once, by outcome, at both ends; sums add up")
  func calls() async throws {
    try await ConnectionPair.with { pair in
      for number in 0..<5 as Range<UInt64> {
        _ = try await pair.near.call(TestMethods.echo, Blob(number, bytes: bytes(100)))
      }
      _ = try? await pair.near.call(TestMethods.fail, Blob(5))
      _ = try? await pair.near.call(TestMethods.fail, Blob(5))
      _ = try? await pair.near.call(TestMethods.missing, Blob())
      _ = try? await pair.near.call(TestMethods.hang, Blob(), timeout: .milliseconds(20))
      for try await _ in try await pair.near.open(TestMethods.count, Blob(3)) {}
      let upload = try await pair.near.open(TestMethods.sum)
      try await upload.send(Blob(1))
      upload.finish()
      _ = try await upload.response()
      for try await _ in try await pair.near.open(TestMethods.flood, Blob(3)) { break }
      let hanging = Task { try await pair.near.call(TestMethods.hang, Blob()) }
      #expect(await eventually { await pair.farWitness.started == 3 })

      // Codes may differ: a caller's cancel and the deadline at the handler cross.
      #expect(
        await eventually {
          let (made, served) = await (pair.near.metrics.made, pair.far.metrics.served)
          return made.begun == served.begun && made.open == 1 && served.open == 1
        })
      var made = await pair.near.metrics.made
      #expect(made.begun == 13 && made.succeeded == 7)
      #expect(made.failed(.notFound) == 2 && made.failed(.unimplemented) == 1)
      #expect(made.failed(.deadlineExceeded) == 1 && made.failed(.cancelled) == 1)

      await pair.near.close()
      _ = await hanging.result
      _ = await pair.far.closed()
      made = await pair.near.metrics.made
      #expect(made.open == 0 && made.failed(.unavailable) == 1)
      #expect(await pair.far.metrics.served.open == 0)

      var sum = await pair.near.metrics
      sum.add(await pair.far.metrics)
      #expect(sum.made == made && sum.served.begun == 13)
      #expect(sum.made.failed == 6)
    }
  }

  @Test("Bytes that one side sent the other received")
  func bytesOfMessages() throws {
    let pair = MachinePair()
    let id = try #require(pair.begin(bytes(200_000)).id)
    try pair.settle()
    pair.far.finish(id, with: .success(bytes(3)))
    pair.near.control.ping = 1
    try pair.settle()
    #expect(pair.near.metrics.sentBytes == 200_000 && pair.far.metrics.receivedBytes == 200_000)
    #expect(pair.far.metrics.sentBytes == 3 && pair.near.metrics.receivedBytes == 3)
    #expect(pair.near.metrics.sentPings == 1 && pair.far.metrics.receivedPings == 1)
    #expect(pair.far.metrics.receivedFrames == pair.nearFrames.count)
    #expect(pair.near.metrics.stalls == 0 && pair.far.metrics.stalls == 0)
  }

  @Test("A message that waits for credit is one stall, and so is an item that has to wait")
  func stalls() throws {
    var limits = WireLimits()
    limits.streamCreditBytes = 100
    let pair = MachinePair(far: limits)
    try pair.settle()
    _ = pair.begin(bytes(20 << 20))
    while try pair.carry(from: .near) {}
    _ = try pair.carry(from: .near)
    #expect(pair.near.metrics.stalls == 1)
    try pair.settle()
    let stream = try #require(pair.begin([], method: MachinePair.upload).id)
    #expect(pair.near.offer(bytes(100), to: stream) == .accepted)
    let before = pair.near.metrics.stalls
    #expect(pair.near.offer([1], to: stream) == .wait)
    #expect(pair.near.metrics.stalls == before + 1)
  }
}
