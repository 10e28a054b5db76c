// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import Transport
import WireCodec

@testable internal import Wire

@Suite("Short calls, whose peer is played by hand")
struct ShortCallTests {
  @Test("Answers come in the order of the calls, whatever the order of the responses")
  func order() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: Array(0..<6))
      let requests = await peer.requests(6)
      try #require(requests.count == 6)
      #expect(await peer.connection.shortCalls == 6)
      #expect(await peer.connection.lineCalls == 0)
      for index in [2, 0, 5, 3, 1, 4] { await peer.send(response(to: requests[index])) }
      try await expect(answers, brings: (0..<6).map { .number($0) })
      #expect(await peer.connection.shortCalls == 0)
    }
  }

  @Test("Failures stand in the place of their calls, with code and message")
  func failures() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: [1, 2, 3])
      let requests = await peer.requests(3)
      try #require(requests.count == 3)
      let error = CallError(.notFound, "no such thing", remoteTrace: "line 1")
      let call = requests[1].header.call.rawValue
      await peer.send(frame(.failure, call: call, payload: error.encodedPayload()))
      await peer.send(response(to: requests[2]), response(to: requests[0]))
      try await expect(answers, brings: [.number(1), .failed(.notFound), .number(3)])
      let single = peer.connection.task { connection in
        _ = await #expect(throws: error) { try await connection.call(TestMethods.echo, Blob(4)) }
      }
      let next = try #require(await peer.requests(4).last)
      await peer.send(
        frame(.failure, call: next.header.call.rawValue, payload: error.encodedPayload()))
      try await single.value
    }
  }

  @Test("A response that cannot be read fails its call alone")
  func unreadable() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: [1, 2])
      let requests = await peer.requests(2)
      try #require(requests.count == 2)
      await peer.send(frame(.response, call: requests[0].header.call.rawValue, payload: [0xff]))
      await peer.send(response(to: requests[1]))
      try await expect(answers, brings: [.failed(.internal), .number(2)])
    }
  }

  @Test("A response in several frames, or with a context, goes on in line; others overtake it")
  func pieces() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: [300, 2, 3])
      let requests = await peer.requests(3)
      try #require(requests.count == 3)
      let call = requests[0].header.call.rawValue
      let payload = Blob(300, bytes: bytes(10)).encoded()
      await peer.send(frame(.response, call: call, flags: .more, payload: Array(payload[..<5])))
      await peer.settle()
      #expect(await peer.connection.shortCalls == 2)
      #expect(await peer.connection.lineCalls == 1)
      let context = frame(
        .response, call: requests[1].header.call.rawValue, flags: .meta,
        payload: [2, 0, 7, 7] + requests[1].payload)
      await peer.send(context, response(to: requests[2]))
      await peer.send(frame(.response, call: call, payload: Array(payload[5...])))
      try await expect(answers, brings: [.number(300), .number(2), .number(3)])
      #expect(await peer.connection.lineCalls == 0)
      #expect(await peer.connection.metrics.made.succeeded == 3)
    }
  }

  @Test("An answer cut at each byte is the same")
  func cuts() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let size = response(to: frame(.request, payload: Blob(5).encoded())).encoded().count
      for cut in 0...size {
        let answers = peer.connection.answers(of: TestMethods.echo, to: [5])
        let request = try #require(await peer.requests(cut + 1).last)
        let wire = response(to: request).encoded()
        await peer.send(bytes: Array(wire[..<cut]))
        await peer.send(bytes: Array(wire[cut...]))
        try await expect(answers, brings: [.number(5)])
      }
    }
  }

  @Test("A response for no call ends the connection, one for a call that was given up does not")
  func strays() async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let given = peer.connection.answers(of: TestMethods.echo, to: [1], timeout: .milliseconds(5))
      let request = try #require(await peer.requests(1).first)
      #expect(request.header.timeoutMilliseconds == 5)
      try await expect(given, brings: [.failed(.deadlineExceeded)])
      await peer.send(response(to: request))
      await peer.settle()
      #expect(await !peer.connection.isEnding)
      #expect(await peer.connection.metrics.made.succeeded == 0)
      // Its slot is free, so that the same again is a response to nothing.
      await peer.send(response(to: request))
      let end = await peer.connection.closed()
      #expect(end.code == .protocolError && end.message.contains("no call waits"))
    }
  }

  @Test(
    "An answer that breaks the rules ends the connection, and its call fails",
    arguments: [
      frame(.end), frame(.failure, payload: [1]), frame(.item), frame(.response, flags: .more),
    ])
  func brokenRules(answer: Frame) async throws {
    try await HostilePeer.with { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: [1, 2])
      let request = try #require(await peer.requests(2).first)
      var answer = answer
      answer.header.call = request.header.call
      await peer.send(answer)
      #expect(await peer.connection.closed().code == .protocolError)
      try await expect(answers, brings: [.failed(.unavailable), .failed(.unavailable)])
      let made = await peer.connection.metrics.made
      #expect(made.open == 0 && made.failed(.unavailable) == 2)
    }
  }

  @Test("The frame too many ends the connection, and the call that it answers fails")
  func frameTooMany() async throws {
    var limits = WireLimits()
    limits.framesTotalMax = 2
    try await HostilePeer.with(limits: limits) { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: [1, 2])
      let requests = await peer.requests(2)
      try #require(requests.count == 2)
      await peer.send(response(to: requests[0]), response(to: requests[1]))
      #expect(await peer.connection.closed().code == .protocolError)
      try await expect(answers, brings: [.number(1), .failed(.unavailable)])
    }
  }

  @Test("A response larger than a message may be fails its call, in one frame, too")
  func tooLarge() async throws {
    var limits = WireLimits()
    limits.messageBytesMax = 100
    try await HostilePeer.with(limits: limits) { peer in
      await peer.ready()
      let answers = peer.connection.answers(of: TestMethods.echo, to: [1, 2])
      let requests = await peer.requests(2)
      try #require(requests.count == 2)
      let large = Blob(1, bytes: bytes(200)).encoded()
      await peer.send(frame(.response, call: requests[0].header.call.rawValue, payload: large))
      await peer.send(response(to: requests[1]))
      try await expect(answers, brings: [.failed(.resourceExhausted), .number(2)])
      #expect(await !peer.connection.isEnding)
    }
  }
}
