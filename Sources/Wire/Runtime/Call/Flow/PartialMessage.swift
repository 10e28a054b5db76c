// SPDX-License-Identifier: Apache-2.0

/// A message that comes in several frames, until it is whole.
struct PartialMessage {
  enum Outcome: Equatable {
    case incomplete
    /// `chargedBytes` stand in the budget until the message is consumed; 0 where it came in one
    /// frame.
    case whole([UInt8], chargedBytes: Int)
    case tooLarge
  }

  private(set) var bytes: [UInt8] = []
  private(set) var chargedBytes = 0
  /// Grows from message to message of a connection; 0 between messages. Tells which is the newest.
  private(set) var serial: UInt64 = 0

  var isStarted: Bool { serial != 0 }

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
    guard bytes.count + payload.count <= messageBytesMax else { return .tooLarge }
    let goesOn = frame.header.flags.contains(.more)
    if !goesOn, !isStarted { return .whole(payload, chargedBytes: 0) }
    guard !goesOn || !frame.payload.isEmpty else {
      throw ProtocolError("an empty frame promises more of call \(frame.header.call)")
    }
    if !isStarted { serial = budget.nextSerial() }
    bytes.append(contentsOf: payload)
    chargedBytes += payload.count
    budget.charge(payload.count)
    guard !goesOn else { return .incomplete }
    defer { self = PartialMessage() }
    return .whole(bytes, chargedBytes: chargedBytes)
  }

  /// Forgets what came.
  mutating func drop(from budget: inout PartialBudget) {
    budget.release(chargedBytes)
    self = PartialMessage()
  }
}

/// Bytes held for messages that came in several frames: of one connection, and of all that share
/// `process`.
struct PartialBudget {
  private(set) var usedBytes = 0
  private var serial: UInt64 = 0
  let bytesMax: Int
  let process: ProcessBudget?

  init(bytesMax: Int, process: ProcessBudget? = nil) {
    self.bytesMax = bytesMax
    self.process = process
  }

  var isExceeded: Bool {
    usedBytes > bytesMax || usedBytes > 0 && (process?.isExceeded ?? false)
  }

  mutating func nextSerial() -> UInt64 {
    serial += 1
    return serial
  }

  mutating func charge(_ bytes: Int) {
    usedBytes += bytes
    process?.add(bytes)
  }

  mutating func release(_ bytes: Int) {
    usedBytes -= bytes
    process?.add(-bytes)
  }
}
