// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
internal import WireCodec

@testable internal import Wire

@Suite("A connection")
struct ConnectionTests {
  private static func cut(every count: Int) -> MemoryStream.Options {
    var options = MemoryStream.Options()
    options.chunks = .every(count)
    return options
  }

  @Test(
    "Unary calls go both ways at once, however the bytes are cut",
    arguments: [1, 17, 4_000, 65_536])
  func unary(chunk: Int) async throws {
    try await ConnectionPair.with(options: Self.cut(every: chunk)) { pair in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<50 as Range<UInt64> {
          for connection in [pair.near, pair.far] {
            group.addTask {
              let request = Blob(number, bytes: bytes(Int(number) * 100))
              let response = try await connection.call(TestMethods.echo, request)
              #expect(response == request)
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(await eventually { await pair.near.openCalls == 0 })
      #expect(await eventually { await pair.far.openCalls == 0 })
    }
  }

  @Test("A stream brings its items in order and ends", arguments: [1, 23, 65_536])
  func streaming(chunk: Int) async throws {
    try await ConnectionPair.with(options: Self.cut(every: chunk)) { pair in
      for connection in [pair.near, pair.far] {
        var numbers: [UInt64] = []
        for try await item in try await connection.open(TestMethods.count, Blob(99)) {
          numbers.append(item.number)
        }
        #expect(numbers == Array(0...99))
      }
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("A failure keeps its code, message and trace", arguments: CallError.Code.allCases)
  func failures(code: CallError.Code) async throws {
    try await ConnectionPair.with { pair in
      let error = await #expect(throws: CallError.self) {
        try await pair.near.call(TestMethods.fail, Blob(UInt64(code.rawValue)))
      }
      #expect(error == CallError(code, "failed as asked", remoteTrace: "line 7"))
    }
  }

  @Test("Any other error of a handler tells its type and nothing else")
  func leaks() async throws {
    try await ConnectionPair.with { pair in
      let error = await #expect(throws: CallError.self) {
        try await pair.near.call(TestMethods.fail, Blob(0))
      }
      #expect(error?.code == .internal)
      #expect(error?.message == "Test.Fail failed with an error of type SecretError")
    }
  }

  @Test("A method that is not served, and a request that cannot be read, fail with their codes")
  func refusals() async throws {
    try await ConnectionPair.with { pair in
      let missing = await #expect(throws: CallError.self) {
        try await pair.near.call(TestMethods.missing, Blob(1))
      }
      #expect(missing?.code == .unimplemented)
      let unreadable = await #expect(throws: CallError.self) {
        try await pair.near.response(of: 1, [0xff, 0xff], CallTerms(timeout: nil))
      }
      #expect(unreadable?.code == .invalidArgument)
      #expect(unreadable?.message.contains("Test.Echo") == true)
    }
  }

  @Test("A deadline passes at both ends")
  func deadline() async throws {
    try await ConnectionPair.with { pair in
      let error = await #expect(throws: CallError.self) {
        try await pair.near.call(TestMethods.hang, Blob(1), timeout: .milliseconds(50))
      }
      #expect(error?.code == .deadlineExceeded)
      #expect(await eventually { await pair.farWitness.cancelled == 1 })
      let timeout = try #require(await pair.farWitness.timeouts.first ?? nil)
      #expect(timeout <= .milliseconds(50))
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
      // The connection is as good as before.
      let after = try await pair.near.call(TestMethods.echo, Blob(3), timeout: .seconds(60)).number
      #expect(after == 3)
    }
  }

  @Test("The server ends a call by its deadline even if the caller never cancels")
  func deadlineAtServer() async throws {
    try await HostilePeer.with { peer in
      await peer.send(frame(.request, call: 0x1_0000, method: 3, timeout: 30))
      let answer = await peer.frame { $0.header.kind == .failure }
      let error = try CallError(decodingPayload: try #require(answer).payload)
      #expect(error.code == .deadlineExceeded)
    }
  }

  @Test("A cancelled caller cancels the handler")
  func cancelCaller() async throws {
    try await ConnectionPair.with { pair in
      let task = Task { try await pair.near.call(TestMethods.hang, Blob(1)) }
      #expect(await eventually { await pair.farWitness.started == 1 })
      task.cancel()
      let error = await #expect(throws: CallError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      #expect(await eventually { await pair.farWitness.cancelled == 1 })
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("A caller that is cancelled before it calls sends nothing")
  func cancelledBefore() async throws {
    try await ConnectionPair.with { pair in
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        return try await pair.near.call(TestMethods.hang, Blob(1))
      }
      task.cancel()
      let error = await #expect(throws: CallError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      _ = try await pair.near.call(TestMethods.echo, Blob(1))
      #expect(await pair.farWitness.started == 0)
    }
  }

  @Test(
    "A stream that is dropped, or whose reader is cancelled, ends at the sender",
    arguments: [true, false])
  func cancelReader(byDropping: Bool) async throws {
    try await ConnectionPair.with { pair in
      let reader = Task {
        var items = 0
        let request = Blob(1, bytes: bytes(1_000))
        for try await _ in try await pair.near.open(TestMethods.flood, request) {
          items += 1
          if byDropping, items == 5 { break }
        }
      }
      #expect(await eventually { await pair.farWitness.sent >= 5 })
      if !byDropping { reader.cancel() }
      if byDropping {
        try await reader.value
      } else {
        let error = await #expect(throws: CallError.self) { try await reader.value }
        #expect(error?.code == .cancelled)
      }
      #expect(await eventually { await pair.farWitness.errors.map(\.code) == [.cancelled] })
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("Credit stops a fast sender whose reader is slow")
  func slowReader() async throws {
    try await ConnectionPair.with { pair in
      let item = Blob(1, bytes: bytes(10_000))
      let stream = try await pair.near.open(TestMethods.flood, item)
      var iterator = stream.makeAsyncIterator()
      // 1 MiB of credit and one item more.
      let most = (1 << 20) / 10_000 + 1
      var sent = 0
      #expect(
        await eventually {
          _ = try? await pair.near.call(TestMethods.echo, Blob(1))
          return await pair.farWitness.sent >= most - 1
        })
      for _ in 0..<20 {
        _ = try await pair.near.call(TestMethods.echo, Blob(1))
        sent = await pair.farWitness.sent
        #expect(sent <= most)
      }
      for _ in 0..<300 { #expect(try await iterator.next() == item) }
      #expect(await pair.farWitness.sent <= most + 300)
    }
  }

  @Test("20 MiB pass while small calls and pings get through")
  func largeMessage() async throws {
    var limits = WireLimits()
    limits.keepaliveInterval = .milliseconds(20)
    limits.keepaliveTimeout = .seconds(30)
    try await ConnectionPair.with(near: limits, far: limits) { pair in
      let large = Blob(1, bytes: [UInt8](repeating: 7, count: 20 << 20))
      let done = Flag()
      async let answer = pair.near.call(TestMethods.echo, large)
      let small = Task {
        var count = 0
        while await !done.isSet {
          _ = try await pair.near.call(TestMethods.echo, Blob(UInt64(count)))
          count += 1
        }
        return count
      }
      let answered = try await answer
      #expect(answered == large)
      await done.set()
      let smallCalls = try await small.value
      // How many is a matter of speed; that any pass at all is not.
      #expect(smallCalls > 0)
    }
  }

  @Test("10,000 calls at once: none is lost, none is mixed up")
  func manyCalls() async throws {
    try await ConnectionPair.with { pair in
      let sum = try await withThrowingTaskGroup(of: UInt64.self) { group in
        for number in 0..<10_000 as Range<UInt64> {
          group.addTask {
            try await pair.near.call(TestMethods.echo, Blob(number)).number
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(sum == 9_999 * 10_000 / 2)
      #expect(await eventually { await pair.near.openCalls + pair.far.openCalls == 0 })
    }
  }

  @Test("Calls above the peer's limit are refused at once; the others are not touched")
  func callLimit() async throws {
    var limits = WireLimits()
    limits.openCallsMax = 4
    try await ConnectionPair.with(far: limits) { pair in
      _ = try await pair.near.call(TestMethods.echo, Blob(1))
      let hanging = (0..<4).map { _ in
        Task { try await pair.near.call(TestMethods.hang, Blob(1)) }
      }
      #expect(await eventually { await pair.farWitness.started == 4 })
      let error = await #expect(throws: CallError.self) {
        try await pair.near.call(TestMethods.echo, Blob(1))
      }
      #expect(error?.code == .resourceExhausted)
      for task in hanging { task.cancel() }
      for task in hanging { _ = await task.result }
      #expect(await eventually { await pair.near.openCalls == 0 })
      let again = try await pair.near.call(TestMethods.echo, Blob(2)).number
      #expect(again == 2)
    }
  }

  @Test("Two tasks cannot read one stream")
  func twoReaders() async throws {
    try await ConnectionPair.with { pair in
      let stream = try await pair.near.open(TestMethods.hangingStream, Blob(1))
      let first = Task {
        var iterator = stream.makeAsyncIterator()
        return try await iterator.next()
      }
      #expect(await eventually { await pair.near.hasReader })
      var iterator = stream.makeAsyncIterator()
      let error = await #expect(throws: CallError.self) { try await iterator.next() }
      #expect(error?.code == .failedPrecondition)
      first.cancel()
      _ = await first.result
    }
  }
}

/// Set once, by anyone.
actor Flag {
  private(set) var isSet = false
  func set() { isSet = true }
}
