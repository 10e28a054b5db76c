// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

/// Many calls and many connections, and what is left of them: `make test-leaks`.
///
///     LIVY_LEAK_CALLS=1000000 LIVY_LEAK_CONNECTIONS=100000 LIVY_LEAK_HANDSHAKES=3000
@Suite("Leaks", .serialized, .enabled(if: Amount.areLeaksSought))
struct LeakTests {
  /// What memory may grow by from the first tenth to the end, by the whole of each test: room for
  /// the allocator's own habits, and far under the size of a pointer for each call.
  private static let growthMax = 4 << 20

  /// Runs `step` so often, and compares the memory after a tenth of it with that at the end.
  private func expectNoGrowth(
    _ count: Int, inSteps size: Int, _ step: (Int) async throws -> Void
  ) async throws {
    var done = 0
    var early = 0
    while done < count {
      try await step(min(size, count - done))
      done += size
      if early == 0, done >= count / 10 { early = ResidentMemory.bytes }
    }
    let growth = ResidentMemory.bytes - early
    print("\(count): \(early >> 20) MiB after a tenth, \(growth >> 10) KiB more at the end")
    #expect(growth < Self.growthMax, "it grew by \(growth >> 20) MiB")
  }

  @Test("Calls of each kind leave nothing behind")
  func calls() async throws {
    try await InMemory.with { near, far in
      try await expectNoGrowth(Amount.calls, inSteps: 10_000) { count in
        try await near.makeCalls(count)
      }
      for connection in [near, far] {
        #expect(await eventually { await connection.openCalls == 0 })
        #expect(await connection.queuedBytes == 0)
        #expect(await connection.partialBytes == 0)
      }
    }
  }

  @Test("Connections in memory leave nothing behind")
  func connections() async throws {
    let loop = try EventLoop.start(name: "leaks")
    let process = ProcessBudget(bytesMax: 1 << 30)
    let count = Census()
    try await expectNoGrowth(Amount.connections, inSteps: 100) { size in
      for _ in 0..<size {
        let ends = MemoryStream.connections(on: loop)
        let near = Connection(ends.near, side: .dialed, process: process)
        let far = Connection(ends.far, side: .accepted, serving: .forLeaks, process: process)
        await count.add(near)
        await count.add(far)
        await near.start()
        await far.start()
        _ = try await near.call(LeakMethods.echo, Note(1))
        await near.close()
        _ = await (near.closed(), far.closed())
      }
    }
    #expect(await eventually { await count.alive == 0 })
    #expect(process.usedBytes == 0)
    await loop.stop()
  }

  @Test("Connections with full handshakes over TLS leave nothing behind")
  func handshakes() async throws {
    try await OverTLS.with { dial in
      try await expectNoGrowth(Amount.handshakes, inSteps: 10) { size in
        for _ in 0..<size {
          let near = Connection(try await dial(), side: .dialed)
          await near.start()
          _ = try await near.call(LeakMethods.echo, Note(1))
          await near.close()
          _ = await near.closed()
        }
      }
    }
  }
}

/// How much is done, from the environment.
enum Amount {
  static let calls = number("CALLS", 1_000_000)
  static let connections = number("CONNECTIONS", 100_000)
  static let handshakes = number("HANDSHAKES", 3_000)
  static let areLeaksSought = environment["LIVY_TEST_TIER"] == "leaks"

  private static let environment = ProcessInfo.processInfo.environment

  private static func number(_ name: String, _ standard: Int) -> Int {
    environment["LIVY_LEAK_\(name)"].flatMap { Int($0) } ?? standard
  }
}

/// Objects, and how many of them are still there. Forgets those that are gone.
actor Census {
  private struct Entry {
    weak var object: AnyObject?
  }

  private var entries: [Entry] = []

  func add(_ object: any AnyObject & Sendable) {
    if entries.count >= 10_000 { entries.removeAll { $0.object == nil } }
    entries.append(Entry(object: object))
  }

  var alive: Int { entries.count { $0.object != nil } }
}
