// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Transport
import WireCodec

@testable internal import Wire

/// A message as the schema compiler would make it: one number, some bytes.
struct Blob: WireMessage {
  var number: UInt64 = 0
  var bytes: [UInt8] = []

  init() {}

  init(_ number: UInt64, bytes: [UInt8] = []) {
    self.number = number
    self.bytes = bytes
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

/// Methods that the tests serve.
enum TestMethods {
  /// Answers with what it got.
  static let echo = UnaryMethod<Blob, Blob>(number: 1, name: "Test.Echo")
  /// Items 0 to the request's number.
  static let count = ServerStreamingMethod<Blob, Blob>(number: 2, name: "Test.Count")
  /// Waits until it is cancelled.
  static let hang = UnaryMethod<Blob, Blob>(number: 3, name: "Test.Hang")
  /// Fails with the code of the request's number, or with an error that is not for the wire.
  static let fail = UnaryMethod<Blob, Blob>(number: 4, name: "Test.Fail")
  /// Sends without end.
  static let flood = ServerStreamingMethod<Blob, Blob>(number: 5, name: "Test.Flood")
  /// Sends nothing until it is cancelled.
  static let hangingStream = ServerStreamingMethod<Blob, Blob>(
    number: 7, name: "Test.HangingStream")
  /// Answers with the caller's name and address.
  static let whoAmI = UnaryMethod<Blob, Blob>(number: 8, name: "Test.WhoAmI")
  /// The sum of the items' numbers.
  static let sum = ClientStreamingMethod<Blob, Blob>(number: 9, name: "Test.Sum")
  /// Each item as it comes.
  static let mirror = BidirectionalStreamingMethod<Blob, Blob>(number: 10, name: "Test.Mirror")
  /// The first item, at once.
  static let first = ClientStreamingMethod<Blob, Blob>(number: 11, name: "Test.First")
  /// Reads nothing until it is cancelled.
  static let ignore = ClientStreamingMethod<Blob, Blob>(number: 12, name: "Test.Ignore")
  /// The trace context; asks the caller for his as long as the number is not 0.
  static let trace = UnaryMethod<Blob, Blob>(number: 13, name: "Test.Trace")
  /// Not served.
  static let missing = UnaryMethod<Blob, Blob>(number: 6, name: "Test.Missing")
}

/// What a test server saw.
actor Witness {
  private(set) var started = 0
  private(set) var cancelled = 0
  private(set) var sent = 0
  private(set) var errors: [CallError] = []
  private(set) var timeouts: [Duration?] = []

  func start(_ context: CallContext) {
    started += 1
    timeouts.append(context.remaining)
  }

  func cancel() { cancelled += 1 }
  func send() { sent += 1 }
  func fail(_ error: CallError) { errors.append(error) }
}

struct SecretError: Error {
  var secret = "token 1234"
}

extension MethodTable {
  static func forTests(_ witness: Witness) -> MethodTable {
    var table = MethodTable()
    table.answerPromptly()
    table.on(TestMethods.echo) { request, _ in request }
    table.on(TestMethods.count) { request, _, sink in
      for number in 0...request.number { try await sink.send(Blob(number)) }
    }
    table.on(TestMethods.whoAmI) { _, context in
      let name = context.peer?.uris.first ?? "nobody"
      return Blob(1, bytes: Array("\(name) \(context.remoteAddress.ip)".utf8))
    }
    table.on(TestMethods.hang) { request, context in
      await witness.start(context)
      do {
        try await Task.sleep(for: .seconds(3_600))
      } catch {
        await witness.cancel()
        throw error
      }
      return request
    }
    table.on(TestMethods.sum) { items, _ in
      var sum = Blob()
      for try await item in items { sum.number += item.number }
      return sum
    }
    table.on(TestMethods.mirror) { items, context, sink in
      await witness.start(context)
      do throws(CallError) {
        for try await item in items { try await sink.send(item) }
      } catch {
        await witness.fail(error)
        throw error
      }
    }
    table.on(TestMethods.first) { items, _ in
      var iterator = items.makeAsyncIterator()
      guard let item = try await iterator.next() else {
        throw CallError(.invalidArgument, "nothing came")
      }
      return item
    }
    table.on(TestMethods.trace) { request, context in
      guard request.number > 0 else { return Blob(0, bytes: context.trace?.bytes ?? []) }
      return try await context.connection.call(TestMethods.trace, Blob(request.number - 1))
    }
    table.on(TestMethods.ignore) { _, context in
      await witness.start(context)
      do {
        try await Task.sleep(for: .seconds(3_600))
      } catch {
        await witness.cancel()
        throw error
      }
      return Blob()
    }
    table.on(TestMethods.hangingStream) { _, _, _ in try await Task.sleep(for: .seconds(3_600)) }
    table.on(TestMethods.fail) { request, _ in
      guard let code = CallError.Code(rawValue: UInt8(request.number)) else { throw SecretError() }
      throw CallError(code, "failed as asked", remoteTrace: "line 7")
    }
    table.on(TestMethods.flood) { request, context, sink in
      await witness.start(context)
      do throws(CallError) {
        while true {
          try await sink.send(request)
          await witness.send()
        }
      } catch {
        await witness.fail(error)
        throw error
      }
    }
    return table
  }
}

/// Two connections over a stream in memory; each serves the test methods.
struct ConnectionPair {
  var loop: EventLoop
  var near: Connection
  var far: Connection
  var nearWitness = Witness()
  var farWitness = Witness()

  /// Runs `body` between connections that were started; ends all afterwards.
  static func with(
    near nearLimits: WireLimits = WireLimits(), far farLimits: WireLimits = WireLimits(),
    options: MemoryStream.Options = MemoryStream.Options(),
    _ body: (ConnectionPair) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "wire-test")
    let ends = MemoryStream.connections(on: loop, options: options)
    let (nearWitness, farWitness) = (Witness(), Witness())
    let pair = ConnectionPair(
      loop: loop,
      near: Connection(
        ends.near, side: .dialed, serving: .forTests(nearWitness), limits: nearLimits),
      far: Connection(
        ends.far, side: .accepted, serving: .forTests(farWitness), limits: farLimits),
      nearWitness: nearWitness, farWitness: farWitness)
    await pair.near.start()
    await pair.far.start()
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(try await body(pair))
    } catch {
      result = .failure(error)
    }
    await pair.near.close()
    await pair.far.close()
    _ = await pair.near.closed()
    _ = await pair.far.closed()
    await loop.stop()
    try result.get()
  }
}

extension Connection {
  /// Calls that are open in either direction.
  var openCalls: Int { core.value.machine.local.openCount + core.value.machine.remote.openCount }
}
