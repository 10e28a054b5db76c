// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport

@testable internal import Wire

@Suite("Calls over TLS and loopback")
struct LoopbackTests {
  @Test("Handlers know who calls: certificate and address")
  func peer() async throws {
    try await LoopbackPair.with { pair in
      for (connection, uri) in [(pair.near, "livy:session:b"), (pair.far, "livy:server:a")] {
        let answer = try await connection.call(TestMethods.whoAmI, Blob(1))
        #expect(String(decoding: answer.bytes, as: UTF8.self) == "\(uri) 127.0.0.1")
      }
    }
  }

  @Test("Both sides call at once, with messages of all sizes and streams")
  func bothSides() async throws {
    try await LoopbackPair.with { pair in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for connection in [pair.near, pair.far] {
          for size in [0, 1, 70_000, 5 << 20] {
            group.addTask {
              let request = Blob(1, bytes: bytes(size))
              let response = try await connection.call(TestMethods.echo, request)
              let isEcho = response == request
              #expect(isEcho)
            }
          }
          for number in 0..<1_000 as Range<UInt64> {
            group.addTask {
              let response = try await connection.call(TestMethods.echo, Blob(number))
              #expect(response.number == number)
            }
          }
          group.addTask {
            var numbers: [UInt64] = []
            for try await item in try await connection.open(TestMethods.count, Blob(2_000)) {
              numbers.append(item.number)
            }
            #expect(numbers == Array(0...2_000))
          }
        }
        try await group.waitForAll()
      }
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("A reader that pauses stops the sender, and the connection stays usable")
  func slowReader() async throws {
    try await LoopbackPair.with { pair in
      let item = Blob(1, bytes: bytes(100_000))
      let stream = try await pair.near.open(TestMethods.flood, item)
      var iterator = stream.makeAsyncIterator()
      #expect(await eventually { await pair.farWitness.sent >= 10 })
      for _ in 0..<20 { _ = try await pair.near.call(TestMethods.echo, Blob(1)) }
      #expect(await pair.farWitness.sent <= 11)
      for _ in 0..<200 {
        let isWhole = try await iterator.next() == item
        #expect(isWhole)
      }
    }
  }

  @Test("A cut in the midst of calls is told at both ends")
  func cut() async throws {
    try await LoopbackPair.with { pair in
      let calls = (0..<100).map { _ in
        Task { try await pair.near.call(TestMethods.hang, Blob(1)) }
      }
      #expect(await eventually { await pair.farWitness.started == 100 })
      await pair.far.cutStream()
      for call in calls {
        let error = await #expect(throws: CallError.self) { try await call.value }
        #expect(error?.code == .unavailable)
      }
      #expect(await pair.near.closed().code == .transport)
      #expect(await eventually { await pair.farWitness.cancelled == 100 })
    }
  }

  @Test("A drain ends both ends in order")
  func drain() async throws {
    try await LoopbackPair.with { pair in
      _ = try await pair.near.call(TestMethods.echo, Blob(1))
      let end = await pair.far.drain(within: .seconds(60))
      #expect(end.code == .drained)
      #expect(await pair.near.closed().code == .drained)
    }
  }
}
