// SPDX-License-Identifier: Apache-2.0

/// The 16 bytes before each payload, little endian:
///
///     0        4        8     10    11     12       16
///     | length | call   | method | kind | flags | timeout |
///
/// `length` is the payload's. `method` and `timeout` stand in the first frame of a request only.
@usableFromInline
struct FrameHeader: Equatable, Sendable {
  static let byteCount = 16

  var payloadBytes: UInt32 = 0
  var call: CallID = .connection
  /// 0 in every frame but the first of a request.
  var method: UInt16 = 0
  var kind: FrameKind
  var flags: FrameFlags = []
  /// Time that the caller still gives; 0 for no limit, so a rest under a millisecond travels as 1.
  var timeoutMilliseconds: UInt32 = 0

  /// The time that the caller gives; `nil` for no limit.
  var timeout: Duration? {
    timeoutMilliseconds == 0 ? nil : .milliseconds(timeoutMilliseconds)
  }

  func append(to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { buffer in
      if let base = buffer.baseAddress { store(to: base) }
      bytes.append(contentsOf: buffer)
    }
  }

  /// Writes it to `place`, which has room for `byteCount` bytes.
  func store(to place: UnsafeMutableRawPointer) {
    place.storeBytes(of: payloadBytes.littleEndian, as: UInt32.self)
    place.storeBytes(of: call.rawValue.littleEndian, toByteOffset: 4, as: UInt32.self)
    place.storeBytes(of: method.littleEndian, toByteOffset: 8, as: UInt16.self)
    place.storeBytes(of: kind.rawValue, toByteOffset: 10, as: UInt8.self)
    place.storeBytes(of: flags.rawValue, toByteOffset: 11, as: UInt8.self)
    place.storeBytes(of: timeoutMilliseconds.littleEndian, toByteOffset: 12, as: UInt32.self)
  }
}

/// What a frame is for. Kinds that this version does not know are skipped, so that newer peers can
/// talk to it.
enum FrameKind: UInt8, Sendable, CaseIterable {
  /// The first frame of each side: magic, version, limits.
  case hello = 1
  case request = 2
  /// The one answer of a unary call.
  case response = 3
  /// One of the messages of a stream, in either direction.
  case item = 4
  /// A stream, or the caller's half of one, ended in order.
  case end = 5
  /// A call failed: code, message, trace.
  case failure = 6
  /// The caller wants no answer; is answered by end or failure.
  case cancel = 7
  /// Bytes that the other side may send, on one stream or (call 0) on the connection.
  case credit = 8
  case ping = 9
  case pong = 10
  /// The sender starts no more calls of the other side; the connection ends when the open ones
  /// have.
  case goaway = 11
}

struct FrameFlags: OptionSet, Sendable {
  var rawValue: UInt8

  /// The message goes on in the next frame of this call.
  static let more = FrameFlags(rawValue: 1 << 0)
  /// A length (u16) and so many bytes of context stand before the message's first byte.
  static let meta = FrameFlags(rawValue: 1 << 1)
  /// On the one frame of a request without a message: the caller's items follow, then its end.
  static let items = FrameFlags(rawValue: 1 << 2)

  /// The flags that a frame of `kind` may carry.
  static func allowed(on kind: FrameKind) -> FrameFlags {
    switch kind {
    case .request: [.more, .meta, .items]
    case .response, .item: [.more, .meta]
    case .hello, .end, .failure, .cancel, .credit, .ping, .pong, .goaway: []
    }
  }
}

/// A whole frame of a known kind.
struct Frame: Equatable, Sendable {
  var header: FrameHeader
  var payload: [UInt8] = []
  /// Bytes before `payload` that were handed on as they came.
  var passedBytes = 0
}
