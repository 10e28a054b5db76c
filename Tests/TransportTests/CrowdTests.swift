// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import Transport

/// Ten thousand peers that begin and do not go on.
@Suite(.serialized) struct CrowdTests {
  private static let crowd = 10_000
  /// Descriptors that the tests beside this one may need.
  private static let reserve = 1_500
  /// The process may grow by so much for each of them: a TLS engine in mid-handshake and a margin.
  private static let bytesEach = 64 << 10

  /// As many as this process may hold, after its limit was raised to what it may be raised to.
  private static var affordable: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return 0 }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(7), &limit)
    return min(crowd, Int(clamping: limit.rlim_cur) - reserve)
  }

  /// Stands beside the program of the tests.
  private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "Crowd").path

  @Test("Ten thousand half-open peers hinder nobody, cost little, and are cut at the deadline")
  func halfOpen() async throws {
    let count = Self.affordable / 2 * 2
    if count < Self.crowd { print("only \(count) of \(Self.crowd): descriptors are short") }
    try #require(count > 100)
    var limits = TransportLimits()
    limits.handshakesPerAddressMax = Self.crowd + Self.reserve
    limits.handshakesMax = Self.crowd + Self.reserve
    limits.handshakeTimeout = .seconds(20)
    let server = try await TLSServer(limits: limits)
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(
        try await ResidentMemory.withTurn { try await besiege(server, with: count) })
    } catch {
      result = .failure(error)
    }
    await server.stop()
    try result.get()
  }

  /// One half says nothing, the other the beginning of a TLS record.
  private func besiege(_ server: TLSServer, with count: Int) async throws {
    let before = ResidentMemory.bytes
    let silent = try await gather(count / 2, [], before: server)
    let halting = try await gather(count / 2, [0x16, 0x03, 0x01], before: server)
    try await server.servesGoodPeers()
    let growth = ResidentMemory.bytes - before
    print("\(count) half-open peers: \(growth >> 20) MiB")
    #expect(
      growth < count * Self.bytesEach || ResidentMemory.isPadded,
      "\(count) peers cost \(growth >> 20) MiB")
    #expect(await eventually(within: .seconds(300)) { server.refusals.count >= count })
    #expect(server.refusals.allSatisfy { $0.code == .timedOut })
    try await server.servesGoodPeers()
    for child in [silent, halting] {
      await child.signal(SIGKILL, to: .process)
      _ = await child.waitForExit()
    }
  }

  private func gather(
    _ count: Int, _ greeting: [UInt8], before server: TLSServer
  ) async throws -> ChildProcess {
    let words = [Int(server.address.port), count] + greeting.map(Int.init)
    var options = ChildProcessOptions(executable: Self.program, arguments: words.map(String.init))
    options.descriptors = [.pipe(.toChild), .pipe(.fromChild)]
    let child = try await ChildProcess.spawn(options, on: server.loop)
    let input = await (try #require(child.pipe(0))).startProbe()
    let output = await (try #require(child.pipe(1))).startProbe()
    #expect(await eventually(within: .seconds(120)) { output.count > 0 || output.hasEnded })
    #expect(String(decoding: output.now.bytes, as: UTF8.self) == "\(count)\n")
    #expect(!input.hasEnded)
    return child
  }
}
