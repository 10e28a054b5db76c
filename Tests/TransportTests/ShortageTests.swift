// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import TestSupport
internal import Testing

@testable internal import Transport

/// A process without descriptors; a process of its own, since other tests need some.
@Suite struct ShortageTests {
  @Test("Without a descriptor left the listener rests, refuses nobody, and goes on afterwards")
  func noDescriptor() async {
    await #expect(processExitsWith: .success) {
      var limits = TransportLimits()
      limits.acceptPause = .milliseconds(10)
      let loop = try EventLoop.start(name: "test-shortage", limits: limits)
      let accepted = Locked(0)
      let refusals = Locked<[TransportError.Code]>([])
      let listener = try await Listener.listen(
        on: loop, at: SocketAddress(ip: "127.0.0.1", port: 0)
      ) { _ in
        accepted.withLock { $0 += 1 }
      } refused: { _, error in
        refusals.withLock { $0.append(error.code) }
      }
      // The runtime and libuv open descriptors of their own when they are first used.
      _ = try await TCPDialer.dial(listener.localAddress, on: loop)
      let looks = Locked(0)
      let hasSlept = await eventually {
        looks.withLock { $0 += 1 }
        return looks.withLock { $0 } > 2 && accepted.withLock { $0 } == 1
      }
      try #require(hasSlept)
      var fillers = try takeAllDescriptors()
      // For the dialling end; the accepted one finds none.
      close(fillers.removeLast())
      let dialled = try await TCPDialer.dial(listener.localAddress, on: loop)
      let probe = await dialled.stream.startProbe()
      try #require(await eventually { await loop.metrics().acceptPauses >= 5 })
      let metrics = await loop.metrics()
      try #require(metrics.turns <= 1_000)
      try #require(refusals.withLock { $0 } == [.limit])
      try #require(accepted.withLock { $0 } == 1 && !probe.hasEnded)

      close(fillers.removeLast())
      try #require(await eventually { accepted.withLock { $0 } == 2 })
      try #require(!probe.hasEnded)
      for filler in fillers { close(filler) }
      await loop.stop()
    }
  }
}

/// Leaves the process without a descriptor and gives those that it took.
private func takeAllDescriptors() throws -> [Int32] {
  var limit = rlimit()
  try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
  limit.rlim_cur = 256
  try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
  var taken: [Int32] = []
  while true {
    let descriptor = dup(0)
    if descriptor < 0 { break }
    taken.append(descriptor)
  }
  try #require(errno == EMFILE && taken.count >= 2)
  return taken
}
