// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// A message that comes in several frames, until it is whole.
struct PartialMessage {
  enum Outcome: Equatable {
    case incomplete
    /// `chargedBytes` stand in the budget until the message is consumed; 0 where it came in one
    /// frame.
    case whole(EncodedMessage, chargedBytes: Int)
    case tooLarge
  }

  /// What stands before `bytes`, where the message ends with a long value of its own.
  private var head: [UInt8] = []
  private var bytes: [UInt8] = []
  private(set) var chargedBytes = 0
  /// Grows from message to message of a connection; 0 between messages. Tells which is the newest.
  private(set) var serial: UInt64 = 0

  var isStarted: Bool { serial != 0 }

  /// The frame that begins goes on with this message, and its payload may be put here as it comes:
  /// `goOn` takes the pieces, `append` the frame without them.
  mutating func takesPieces(of frame: FrameHeader, messageBytesMax: Int) -> Bool {
    let count = Int(frame.payloadBytes)
    guard isStarted, head.count + bytes.count + count <= messageBytesMax else { return false }
    makeRoom(for: count, messageBytesMax: messageBytesMax)
    return true
  }

  mutating func goOn(with piece: UnsafeRawBufferPointer) {
    // It may have been dropped within the frame.
    if isStarted { bytes.append(contentsOf: piece) }
  }

  mutating func goOn(
    with count: Int, by fill: (UnsafeMutableRawBufferPointer) -> Int
  ) -> Int? {
    isStarted ? bytes.append(count, by: fill) : nil
  }

  mutating func append(
    _ frame: Frame, messageBytesMax: Int, budget: inout PartialBudget
  ) throws(ProtocolError) -> Outcome {
    var payload = frame.payload
    if frame.header.flags.contains(.meta) {
      guard !isStarted else {
        throw ProtocolError("context stands in the midst of a message of call \(frame.header.call)")
      }
      // That of a request was taken before; answers have none that anyone asks for.
      var withContext = frame
      _ = try withContext.takeTrace()
      payload = withContext.payload
    }
    guard head.count + bytes.count + payload.count <= messageBytesMax else { return .tooLarge }
    let goesOn = frame.header.flags.contains(.more)
    if !isStarted, frame.passedBytes > 0 { return .incomplete }  // It was dropped within the frame.
    if !goesOn, !isStarted { return .whole(EncodedMessage(payload), chargedBytes: 0) }
    guard !goesOn || frame.passedBytes > 0 || !frame.payload.isEmpty else {
      throw ProtocolError("an empty frame promises more of call \(frame.header.call)")
    }
    if isStarted {
      makeRoom(for: payload.count, messageBytesMax: messageBytesMax)
      bytes.append(contentsOf: payload)
    } else {
      serial = budget.start(frame.header.call)
      let count = EncodedMessage.headCount(ofFirst: payload)
      head = Array(payload[..<count])
      bytes = count == 0 ? payload : Array(payload[count...])
    }
    chargedBytes += frame.passedBytes + payload.count
    budget.charge(frame.passedBytes + payload.count)
    guard !goesOn else { return .incomplete }
    defer { self = PartialMessage() }
    budget.end()
    let message = head.isEmpty ? EncodedMessage(bytes) : EncodedMessage(head, tail: bytes)
    return .whole(message, chargedBytes: chargedBytes)
  }

  /// More than what came needs, so that a long message is moved only once or twice while it grows.
  /// Memory that nothing was written to costs addresses, and no more.
  private mutating func makeRoom(for count: Int, messageBytesMax: Int) {
    let needed = bytes.count + count
    guard needed > bytes.capacity else { return }
    bytes.reserveCapacity(min(Self.growth * needed, messageBytesMax))
  }

  /// The first frame of a message comes with as much room, too.
  static let growth = 4

  /// Forgets what came.
  mutating func drop(from budget: inout PartialBudget) {
    guard isStarted else { return }
    budget.release(chargedBytes)
    budget.end()
    self = PartialMessage()
  }
}

/// Bytes held for messages that came in several frames: of one connection, and of all that share
/// `process`.
struct PartialBudget {
  struct Start: Equatable {
    var serial: UInt64
    var call: CallID
  }

  private(set) var usedBytes = 0
  private var serial: UInt64 = 0
  /// The newest last. Those that ended stay until they are most of it.
  private(set) var starts: [Start] = []
  /// Messages that are partly there.
  private var openCount = 0
  let bytesMax: Int
  let process: ProcessBudget?

  init(bytesMax: Int, process: ProcessBudget? = nil) {
    self.bytesMax = bytesMax
    self.process = process
  }

  var isExceeded: Bool {
    usedBytes > bytesMax || usedBytes > 0 && (process?.isExceeded ?? false)
  }

  mutating func start(_ call: CallID) -> UInt64 {
    serial += 1
    openCount += 1
    starts.append(Start(serial: serial, call: call))
    return serial
  }

  mutating func end() {
    openCount -= 1
  }

  /// Some message is partly there.
  var isHolding: Bool { openCount > 0 }

  /// Worth a look at all of them, at an average cost of a look at each once.
  var hasManyEnded: Bool { starts.count > 2 * openCount + 64 }

  mutating func keep(_ starts: [Start]) {
    self.starts = starts
  }

  mutating func popNewest() -> Start? { starts.popLast() }

  mutating func charge(_ bytes: Int) {
    usedBytes += bytes
    process?.add(bytes)
  }

  mutating func release(_ bytes: Int) {
    usedBytes -= bytes
    process?.add(-bytes)
  }
}
