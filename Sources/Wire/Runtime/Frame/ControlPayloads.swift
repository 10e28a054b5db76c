// SPDX-License-Identifier: Apache-2.0

/// Why a side says goaway. The numbers travel; unknown ones count as `failed`.
enum GoawayCode: UInt16, Sendable {
  /// Orderly: open calls go on, new ones are refused.
  case draining = 0
  /// The receiver broke the rules; the connection is cut at once.
  case protocolError = 1
  /// The connection ends at once for another reason.
  case failed = 2
}

/// The payload of goaway: a code (u16) and a text. Bytes after them are for later versions.
struct Goaway: Equatable, Sendable {
  static let reasonBytesMax = 1_024

  var code: GoawayCode
  var reason: String

  init(_ code: GoawayCode, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  init(decoding payload: [UInt8]) throws(ProtocolError) {
    var reader = PayloadReader(payload)
    guard let code = reader.integer(UInt16.self), let reason = reader.text() else {
      throw ProtocolError("a goaway frame is cut short")
    }
    self.init(GoawayCode(rawValue: code) ?? .failed, reason)
  }

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(code.rawValue)
    bytes.appendText(reason, bytesMax: Self.reasonBytesMax)
    return bytes
  }
}

/// The payload of credit: so many bytes more (u32).
enum CreditPayload {
  static func encoded(_ bytes: Int) -> [UInt8] {
    var payload: [UInt8] = []
    payload.appendLittleEndian(UInt32(clamping: bytes))
    return payload
  }

  static func decoded(_ payload: [UInt8]) throws(ProtocolError) -> Int {
    var reader = PayloadReader(payload)
    guard let bytes = reader.integer(UInt32.self), bytes > 0 else {
      throw ProtocolError("a credit frame without credit came")
    }
    return Int(bytes)
  }
}

/// The payload of ping, which its pong repeats.
enum PingPayload {
  static let byteCount = 8

  static func encoded(_ number: UInt64) -> [UInt8] {
    var payload: [UInt8] = []
    payload.appendLittleEndian(number)
    return payload
  }

  static func decoded(_ payload: [UInt8]) throws(ProtocolError) -> UInt64 {
    var reader = PayloadReader(payload)
    guard payload.count == byteCount, let number = reader.integer(UInt64.self) else {
      throw ProtocolError("a ping or pong of \(payload.count) bytes came; it has \(byteCount)")
    }
    return number
  }
}

/// The payload of failure: a code (u16), a message, a trace; the trace is empty where there is
/// none.
extension CallError {
  static let messageBytesMax = 1_024
  static let traceBytesMax = 2_048

  func encodedPayload() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt16(code.rawValue))
    bytes.appendText(message, bytesMax: Self.messageBytesMax)
    bytes.appendText(remoteTrace ?? "", bytesMax: Self.traceBytesMax)
    return bytes
  }

  init(decodingPayload payload: [UInt8]) throws(ProtocolError) {
    var reader = PayloadReader(payload)
    guard let code = reader.integer(UInt16.self), let message = reader.text(),
      let trace = reader.text()
    else { throw ProtocolError("a failure frame is cut short") }
    // A code of a later version still fails the call.
    self.init(
      UInt8(exactly: code).flatMap(Code.init) ?? .unknown, message,
      remoteTrace: trace.isEmpty ? nil : trace)
  }
}
