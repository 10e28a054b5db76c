// SPDX-License-Identifier: Apache-2.0

internal import Simulation
internal import Transport
internal import WireCodec

@testable internal import Wire

/// Bytes of a peer, into a connection that serves and calls. The first byte of the input says who
/// the peer is and how far it has come; the others are what it sends.
///
///     bit 0: the connection accepted (else it dialed)    bit 1: the peer said hello before
///     bit 2: its bytes come one by one                    bit 3: it closes afterwards in order
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let traits = input.first else { return 0 }
  Encounter(traits: traits).run(Array(input.dropFirst()))
  return 0
}

private struct Encounter {
  private let traits: UInt8
  private let world = SimulatedWorld(seed: 1)
  private let process = ProcessBudget(bytesMax: 1 << 30)

  init(traits: UInt8) {
    self.traits = traits
  }

  func run(_ bytes: [UInt8]) {
    let loop = world.makeLoop()
    let link = SimulatedLink(loop, loop, number: 0)
    let connection = Connection(
      link.connections.near, side: traits & 1 != 0 ? .accepted : .dialed, serving: Served.table,
      limits: Served.limits, process: process)
    let (world, traits) = (world, traits)
    loop.submit {
      connection.assumeIsolated { $0.start() }
      link.far.start(Deaf())
      Served.call(connection, on: loop)
      if traits & 2 != 0 { link.far.write(Served.hello) }
      if traits & 4 == 0 { link.far.write(bytes) }
    }
    if traits & 4 != 0 {
      for byte in bytes.prefix(256) {
        world.after(.seconds(1), on: loop) { link.far.write([byte]) }
      }
    }
    if traits & 8 != 0 { world.after(.seconds(2), on: loop) { link.far.finish() } }
    let clock = Served.patience
    do throws(SimulatedWorld.Failure) {
      try world.run(for: clock)
      loop.submit { connection.assumeIsolated { $0.close() } }
      try world.run(for: clock)
    } catch {
      preconditionFailure("the connection goes round in circles: \(error)")
    }
    precondition(world.isQuiet, "a timer or a task outlived the connection")
    precondition(process.usedBytes == 0, "bytes of partial messages are left")
  }
}

/// What the peer meets: handlers of each kind, and calls that wait for its answers.
private enum Served {
  static let patience = Duration.seconds(60)
  static let echo = UnaryMethod<Text, Text>(number: 1, name: "Fuzz.Echo")
  static let prompt = UnaryMethod<Text, Text>(number: 2, name: "Fuzz.Prompt")
  static let stream = ServerStreamingMethod<Text, Text>(number: 3, name: "Fuzz.Stream")

  static let limits: WireLimits = {
    var limits = WireLimits()
    limits.messageBytesMax = 10_000
    limits.openCallsMax = 20
    limits.openStreamsMax = 3
    limits.partialBytesMax = 20_000
    return limits
  }()

  static let hello: [UInt8] = {
    let payload = Hello(limits: PeerLimits()).encoded()
    var bytes: [UInt8] = []
    FrameHeader(payloadBytes: UInt32(clamping: payload.count), kind: .hello).append(to: &bytes)
    return bytes + payload
  }()

  static let table: MethodTable = {
    var table = MethodTable()
    table.on(echo) { request, _ in request }
    table.answerAtOnce(prompt) { request, _ in request }
    table.on(stream) { request, _, sink in
      for _ in 0..<1_000 { try await sink.send(request) }
    }
    return table
  }()

  static func call(_ connection: Connection, on loop: SimulatedLoop) {
    for method in [echo, prompt] {
      Task(executorPreference: loop.taskExecutor) {
        _ = try? await connection.call(method, Text(bytes: [1]), timeout: .seconds(30))
      }
    }
    Task(executorPreference: loop.taskExecutor) {
      guard let items = try? await connection.open(stream, Text(bytes: [2])) else { return }
      do { for try await _ in items {} } catch {}
    }
  }
}

/// Hears nothing.
private final class Deaf: ByteStreamReceiver {
  func streamDidReceive(_ bytes: UnsafeRawBufferPointer) {}
  func streamDidDrain() {}
  func streamDidEnd(_ error: TransportError?) {}
}

/// A message of some bytes.
private struct Text: WireMessage {
  var bytes: [UInt8] = []

  init() {}

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  var encodedSize: Int {
    var size = MessageSize()
    size.singular(1, bytes, as: BytesField.self)
    return size.bytes
  }

  func encode(into writer: inout MessageWriter) {
    writer.singular(1, bytes, as: BytesField.self)
  }

  mutating func merge(from reader: inout MessageReader) throws(CodecError) {
    while let tag = try reader.nextTag() {
      if tag == 10 {
        try reader.singular(&bytes, as: BytesField.self)
      } else {
        try reader.skip(tag)
      }
    }
  }

  func describe(to printer: inout MessagePrinter) {
    printer.singular("bytes", bytes, as: BytesField.self)
  }
}
