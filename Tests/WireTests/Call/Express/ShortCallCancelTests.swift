// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
import WireCodec

@testable internal import Wire

@Suite("Short calls that are given up")
struct ShortCallCancelTests {
  @Test("One cancel goes out; the slot is used again after the peer's last frame only")
  func slot() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let call = peer.connection.task { try await $0.call(TestMethods.echo, Blob(1)) }
      let first = try #require(await peer.requests(1).first).header.call
      call.cancel()
      let error = await #expect(throws: CallError.self) { try await call.value }
      #expect(error?.code == .cancelled)
      let cancel = await peer.frame { $0.header.kind == .cancel }
      #expect(cancel?.header.call == first)
      #expect(await peer.connection.shortCalls == 1)

      let second = peer.connection.answers(of: TestMethods.echo, to: [2])
      let request = try #require(await peer.requests(2).last)
      #expect(request.header.call.index != first.index)
      await peer.send(response(to: request))
      try await expect(second, brings: [.number(2)])

      await peer.send(frame(.response, call: first.rawValue, payload: Blob(1).encoded()))
      await peer.settle()
      #expect(await peer.connection.shortCalls == 0)
      let third = peer.connection.answers(of: TestMethods.echo, to: [3, 4])
      let later = await peer.requests(4).suffix(2)
      #expect(Set(later.map(\.header.call.index)) == [first.index, request.header.call.index])
      #expect(!later.contains { $0.header.call == first })
      for request in later { await peer.send(response(to: request)) }
      try await expect(third, brings: [.number(3), .number(4)])
      #expect(peer.received(.cancel).count == 1)
      let made = await peer.connection.metrics.made
      #expect(made.begun == 4 && made.succeeded == 3 && made.failed(.cancelled) == 1)
    }
  }

  @Test(
    "A cancel is answered by an end or a failure as well", arguments: [FrameKind.end, .failure])
  func answers(kind: FrameKind) async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let call = peer.connection.task { try await $0.call(TestMethods.echo, Blob(1)) }
      let id = try #require(await peer.requests(1).first).header.call.rawValue
      call.cancel()
      _ = await call.result
      let error = CallError(.cancelled, "as asked")
      await peer.send(frame(kind, call: id, payload: kind == .end ? [] : error.encodedPayload()))
      await peer.settle()
      #expect(await peer.connection.shortCalls == 0)
      #expect(await !peer.connection.isEnding)
      #expect(await peer.connection.metrics.made.ended == 1)
    }
  }

  @Test("What comes in pieces for a call that was given up is dropped to its last frame")
  func pieces() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let call = peer.connection.task { try await $0.call(TestMethods.echo, Blob(1)) }
      let id = try #require(await peer.requests(1).first).header.call.rawValue
      call.cancel()
      _ = await call.result
      await peer.send(frame(.response, call: id, flags: .more, payload: bytes(9)))
      await peer.settle()
      #expect(await peer.connection.shortCalls == 0)
      #expect(await peer.connection.lineCalls == 1)
      await peer.send(frame(.response, call: id, payload: bytes(9)))
      await peer.settle()
      #expect(await peer.connection.lineCalls == 0)
      #expect(await !peer.connection.isEnding)
      #expect(peer.received(.cancel).count == 1)
    }
  }

  @Test("A call whose answer has begun to come is cancelled in line")
  func midway() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let answers = peer.connection.task { connection in
        let calls = try connection.calls(TestMethods.echo, openMax: 2)
        try calls.send(Blob(1))
        try calls.send(Blob(2))
        while await !connection.isInLine { await Task.yield() }
        calls.cancel()
        var answers: [Answer] = []
        while let answer = await calls.next() { answers.append(Answer(answer)) }
        return answers
      }
      let id = try #require(await peer.requests(2).first).header.call.rawValue
      await peer.send(frame(.response, call: id, flags: .more, payload: bytes(9)))
      try await expect(answers, brings: [.failed(.cancelled), .failed(.cancelled)])
      #expect(await eventually { peer.received(.cancel).count == 2 })
    }
  }

  @Test("Deadlines: the caller hears, the peer is told once, the others go on")
  func deadlines() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let late = peer.connection.answers(of: TestMethods.echo, to: [1], timeout: .milliseconds(20))
      let open = peer.connection.answers(of: TestMethods.echo, to: [2], timeout: .seconds(3_000))
      let requests = await peer.requests(2)
      try #require(requests.count == 2)
      #expect(requests.map(\.header.timeoutMilliseconds).sorted() == [20, 3_000_000])
      try await expect(late, brings: [.failed(.deadlineExceeded)])
      let cancel = await peer.frame { $0.header.kind == .cancel }
      let cancelled = try #require(cancel?.header.call)
      for request in requests { await peer.send(response(to: request)) }
      try await expect(open, brings: [.number(2)])
      await peer.settle()
      #expect(peer.received(.cancel).map(\.header.call) == [cancelled])
      #expect(await peer.connection.shortCalls == 0)
    }
  }

  @Test("A deadline ends a short call over loopback, at both ends")
  func overLoopback() async throws {
    try await LoopbackPair.with { pair in
      let answer = try await pair.near.onLoop { connection in
        await #expect(throws: CallError.self) {
          try await connection.call(TestMethods.hang, Blob(1), timeout: .milliseconds(30))
        }
      }
      #expect(answer?.code == .deadlineExceeded)
      #expect(await eventually { await pair.near.shortCalls == 0 })
      #expect(await pair.farWitness.cancelled == 1)
      #expect(await pair.near.metrics.made.failed(.deadlineExceeded) == 1)
    }
  }

  @Test("No time left is told before anything is sent")
  func noTime() async throws {
    try await ConnectionPair.with { pair in
      for timeout in [Duration.zero, .seconds(-1)] {
        let error = #expect(throws: CallError.self) {
          _ = try pair.near.calls(TestMethods.echo, openMax: 1, timeout: timeout)
        }
        #expect(error?.code == .deadlineExceeded)
      }
      #expect(await pair.near.metrics.made.begun == 0)
    }
  }
}

extension Connection {
  fileprivate var isInLine: Bool { lineCalls == 1 }
}
