// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing

@testable internal import Transport

/// What a connection can run over: every test of the `ByteStream` contract runs over each.
enum Medium: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case memory, tcp, tls, tlsOverMemory

  var testDescription: String { rawValue }

  /// Two ends, on two loops where there is a kernel between them.
  func connect(limits: TransportLimits = TransportLimits()) async throws -> Ends {
    let near = try EventLoop.start(name: "near", limits: limits)
    switch self {
    case .memory:
      var options = MemoryStream.Options()
      options.limits = limits
      let ends = MemoryStream.pair(on: near, options: options)
      return Ends(near: ends.near, far: ends.far, loops: [near])
    case .tcp:
      return try await Ends.overTCP(near, tls: nil, limits: limits)
    case .tls:
      return try await Ends.overTCP(near, tls: try TLSFixture().contexts(), limits: limits)
    case .tlsOverMemory:
      return try await Ends.tlsOverMemory(near, limits: limits)
    }
  }
}

/// A connection's two ends and what keeps them going.
struct Ends: Sendable {
  var near: LoopBound<any ByteStream>
  var far: LoopBound<any ByteStream>
  var loops: [EventLoop]
  var listener: Listener?

  func stop() async {
    await listener?.close()
    for loop in loops { await loop.stop() }
  }

  static func overTCP(
    _ near: EventLoop, tls: (server: TLSContext, client: TLSContext)?, limits: TransportLimits
  ) async throws -> Ends {
    let far = try EventLoop.start(name: "far", limits: limits)
    let (arrivals, continuation) = AsyncStream<EstablishedConnection>.makeStream()
    let listener = try await Listener.listen(
      on: far, at: SocketAddress(ip: "127.0.0.1", port: 0), tls: tls?.server
    ) { connection in
      continuation.yield(connection)
    }
    let dialled: EstablishedConnection
    if let tls {
      dialled = try await TLSDialer.dial(listener.localAddress, on: near, context: tls.client)
    } else {
      dialled = try await TCPDialer.dial(listener.localAddress, on: near)
    }
    var iterator = arrivals.makeAsyncIterator()
    let arrived = try #require(await iterator.next())
    return Ends(
      near: dialled.stream, far: arrived.stream, loops: [near, far], listener: listener)
  }
}

extension Ends {
  static func tlsOverMemory(_ loop: EventLoop, limits: TransportLimits) async throws -> Ends {
    let contexts = try TLSFixture().contexts()
    var options = MemoryStream.Options()
    options.limits = limits
    // Odd pieces, so that records and deliveries never fit each other.
    options.chunks = .every(7_919)
    let below = MemoryStream.pair(on: loop, options: options)
    let address = SocketAddress(ip: "127.0.0.1", port: 1)
    async let near = handshake(on: loop) { done in
      TLSStream.client(
        over: below.near.value, context: contexts.client, remoteAddress: address,
        timeout: limits.handshakeTimeout, limits: limits, done: done)
    }
    async let far = handshake(on: loop) { done in
      TLSStream.server(
        over: below.far.value, context: contexts.server, remoteAddress: address,
        timeout: limits.handshakeTimeout, limits: limits, done: done)
    }
    return try await Ends(near: near.stream, far: far.stream, loops: [loop])
  }

  static func handshake(
    on loop: EventLoop,
    _ begin:
      @escaping @Sendable (
        @escaping (Result<EstablishedConnection, TransportError>) -> Void
      ) -> Void
  ) async throws -> EstablishedConnection {
    let outcome = await withCheckedContinuation { waiter in
      loop.submit { begin { waiter.resume(returning: $0) } }
    }
    return try outcome.get()
  }
}
