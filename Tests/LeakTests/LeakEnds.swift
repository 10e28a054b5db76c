// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import TestSupport
internal import Transport
import WireCodec

@testable internal import Wire

/// Two connections over a stream in memory, that live for the whole of a test.
enum InMemory {
  static func with(_ body: (Connection, Connection) async throws -> Void) async throws {
    let loop = try EventLoop.start(name: "leaks")
    let ends = MemoryStream.connections(on: loop)
    let near = Connection(ends.near, side: .dialed)
    let far = Connection(ends.far, side: .accepted, serving: .forLeaks)
    await near.start()
    await far.start()
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(try await body(near, far))
    } catch {
      result = .failure(error)
    }
    await near.close()
    _ = await (near.closed(), far.closed())
    await loop.stop()
    try result.get()
  }
}

/// A server on loopback whose handshakes are full ones.
enum OverTLS {
  static func with(
    _ body: (_ dial: () async throws -> EstablishedConnection) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "leaks")
    let (server, client) = try contexts()
    let listener = try await Listener.listen(
      on: loop, at: SocketAddress(ip: "127.0.0.1", port: 0), tls: server
    ) { established in
      let far = Connection(established, side: .accepted, serving: .forLeaks)
      far.assumeIsolated { $0.start() }
    }
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(
        try await body {
          try await TLSDialer.dial(listener.localAddress, on: loop, context: client)
        })
    } catch {
      result = .failure(error)
    }
    await listener.close()
    await loop.stop()
    try result.get()
  }

  private static func contexts() throws -> (TLSContext, TLSContext) {
    let now = Int64(Date().timeIntervalSince1970)
    let authority = try CertificateAuthority.create(
      commonName: "leaks", lifetime: .seconds(86_400), now: now
    ).authority
    func identity(_ uri: String) throws -> TLSIdentity {
      let key = try PrivateKey.generate()
      let request = try CertificateRequest(der: try CertificateRequest.der(for: key))
      let issued = try authority.issue(
        for: request, uri: uri, usages: [.client, .server], lifetime: .seconds(80_000), now: now)
      return TLSIdentity(certificatePEM: issued.pem, key: key)
    }
    let server = try TLSContext.server(
      identity: try identity("livy:server:a"), trusting: authority.pem,
      protocols: [.init("livy/1", clientCertificate: .required)], verify: { _, _ in nil })
    let client = try TLSContext.client(
      identity: try identity("livy:session:b"), trusting: authority.pem,
      applicationProtocol: "livy/1", verify: { _, _ in nil })
    return (server, client)
  }
}

enum LeakMethods {
  static let echo = UnaryMethod<Note, Note>(number: 1, name: "Leak.Echo")
  static let prompt = UnaryMethod<Note, Note>(number: 2, name: "Leak.Prompt")
  static let count = ServerStreamingMethod<Note, Note>(number: 3, name: "Leak.Count")
  static let hang = UnaryMethod<Note, Note>(number: 4, name: "Leak.Hang")
}

extension MethodTable {
  static var forLeaks: MethodTable {
    var table = MethodTable()
    table.on(LeakMethods.echo) { request, _ in request }
    table.answerAtOnce(LeakMethods.prompt) { request, _ in request }
    table.on(LeakMethods.count) { request, _, sink in
      for number in 0..<request.number { try await sink.send(Note(number)) }
    }
    table.on(LeakMethods.hang) { request, _ in
      // Not in a long sleep: the runtime keeps a cancelled one until it would have ended.
      let (never, end) = AsyncStream<Void>.makeStream()
      for await _ in never {}
      end.finish()
      return request
    }
    return table
  }
}

extension Connection {
  var openCalls: Int { core.value.openCount }
  var queuedBytes: Int { core.value.machine.queuedBytes }
  var partialBytes: Int { core.value.machine.budget.usedBytes }

  /// Mostly plain ones, with streams, large messages, failures, cancels and deadlines among them.
  nonisolated func makeCalls(_ count: Int) async throws {
    let connection = self
    try await withThrowingTaskGroup(of: Void.self) { group in
      let lanes = 64
      for lane in 0..<lanes {
        group.addTask {
          for number in stride(from: lane, to: count, by: lanes) {
            try await connection.makeCall(number)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private nonisolated func makeCall(_ number: Int) async throws {
    switch number % 100 {
    case 0:
      var items = 0
      for try await _ in try await open(LeakMethods.count, Note(5)) { items += 1 }
      guard items == 5 else { throw CallError(.dataLoss, "\(items) of 5 items came") }
    case 1: _ = try await call(LeakMethods.echo, Note(1, bytes: 100_000))
    case 2: _ = try? await call(LeakMethods.hang, Note(1), timeout: .milliseconds(1))
    case 3:
      let hanging = Task { try await call(LeakMethods.hang, Note(1)) }
      hanging.cancel()
      _ = try? await hanging.value
    case 4: for try await _ in try await open(LeakMethods.count, Note(50)) { break }
    case 5...50: _ = try await call(LeakMethods.echo, Note(1))
    default: _ = try await call(LeakMethods.prompt, Note(1), timeout: .seconds(60))
    }
  }
}

/// A number and some bytes.
struct Note: WireMessage {
  var number: UInt64 = 0
  var bytes: [UInt8] = []

  init() {}

  init(_ number: UInt64, bytes: Int = 0) {
    self.number = number
    self.bytes = [UInt8](repeating: 7, count: bytes)
  }

  var encodedSize: Int {
    var size = MessageSize()
    size.singular(1, number, as: UInt64Field.self)
    size.singular(2, bytes, as: BytesField.self)
    return size.bytes
  }

  func encode(into writer: inout MessageWriter) {
    writer.singular(1, number, as: UInt64Field.self)
    writer.singular(2, bytes, as: BytesField.self)
  }

  mutating func merge(from reader: inout MessageReader) throws(CodecError) {
    while let tag = try reader.nextTag() {
      switch tag {
      case 8: try reader.singular(&number, as: UInt64Field.self)
      case 18: try reader.singular(&bytes, as: BytesField.self)
      default: try reader.skip(tag)
      }
    }
  }

  func describe(to printer: inout MessagePrinter) {
    printer.singular("number", number, as: UInt64Field.self)
    printer.singular("bytes", bytes, as: BytesField.self)
  }
}
