// SPDX-License-Identifier: Apache-2.0

/// The payload of the first frame: `LIVY`, the version, the oldest version also spoken (u16 each),
/// then settings, each a tag (u16) and a value (u64), little endian. Unknown tags are skipped,
/// missing ones have version 1's defaults.
struct Hello: Equatable, Sendable {
  static let version: UInt16 = 1
  static let oldestVersion: UInt16 = 1
  static let payloadBytesMax = 1_024
  private static let magic: [UInt8] = Array("LIVY".utf8)

  var version = Self.version
  var oldestVersion = Self.oldestVersion
  var limits: PeerLimits

  /// Numbers are never given another meaning.
  private enum Tag: UInt16, CaseIterable {
    case framePayloadBytes = 1
    case messageBytes = 2
    case openCalls = 3
    case openStreams = 4
    case streamCreditBytes = 5
    case connectionCreditBytes = 6
  }

  func encoded() -> [UInt8] {
    var bytes = Self.magic
    bytes.appendLittleEndian(version)
    bytes.appendLittleEndian(oldestVersion)
    for tag in Tag.allCases {
      bytes.appendLittleEndian(tag.rawValue)
      bytes.appendLittleEndian(UInt64(clamping: value(of: tag)))
    }
    return bytes
  }

  init(limits: PeerLimits) {
    self.limits = limits
  }

  init(decoding payload: [UInt8]) throws(ProtocolError) {
    var reader = PayloadReader(payload)
    guard reader.bytes(Self.magic.count) == Self.magic[...] else {
      throw ProtocolError("the peer's hello does not begin with LIVY: another protocol")
    }
    guard let version = reader.integer(UInt16.self), let oldest = reader.integer(UInt16.self)
    else { throw ProtocolError("the peer's hello is cut short") }
    self.version = version
    self.oldestVersion = oldest
    self.limits = PeerLimits()
    // Before the settings are read: they may look different in a version that is not spoken here.
    guard oldest <= Self.version, version >= Self.oldestVersion else {
      throw ProtocolError(
        "the peer speaks versions \(oldest) to \(version) of the protocol, "
          + "this side \(Self.oldestVersion) to \(Self.version)")
    }
    while let tag = reader.integer(UInt16.self), let value = reader.integer(UInt64.self) {
      if let known = Tag(rawValue: tag) { set(known, to: Int(clamping: value)) }
    }
    try limits.check()
  }

  private func value(of tag: Tag) -> Int {
    switch tag {
    case .framePayloadBytes: limits.framePayloadBytesMax
    case .messageBytes: limits.messageBytesMax
    case .openCalls: limits.openCallsMax
    case .openStreams: limits.openStreamsMax
    case .streamCreditBytes: limits.streamCreditBytes
    case .connectionCreditBytes: limits.connectionCreditBytes
    }
  }

  private mutating func set(_ tag: Tag, to value: Int) {
    switch tag {
    case .framePayloadBytes: limits.framePayloadBytesMax = value
    case .messageBytes: limits.messageBytesMax = value
    case .openCalls: limits.openCallsMax = value
    case .openStreams: limits.openStreamsMax = value
    case .streamCreditBytes: limits.streamCreditBytes = value
    case .connectionCreditBytes: limits.connectionCreditBytes = value
    }
  }
}

/// What one side takes from the other, as its hello tells.
struct PeerLimits: Equatable, Sendable {
  var framePayloadBytesMax = 64 << 10
  var messageBytesMax = 64 << 20
  var openCallsMax = 10_000
  var openStreamsMax = 256
  var streamCreditBytes = 1 << 20
  var connectionCreditBytes = 16 << 20

  /// Room for every control frame; a smaller frame than this would not let messages through.
  static let framePayloadBytesMin = 4_096
  /// Far from the end of `Int`, so that sums of credit and sizes cannot overflow.
  static let bytesMax = 1 << 40

  func check() throws(ProtocolError) {
    guard framePayloadBytesMax >= Self.framePayloadBytesMin else {
      throw ProtocolError("the peer takes frames of \(framePayloadBytesMax) bytes only")
    }
    // A quarter may wait to be returned and a quarter is kept for small messages; a frame must fit
    // in the rest.
    guard connectionCreditBytes / 4 >= framePayloadBytesMax else {
      throw ProtocolError("the peer's credit of \(connectionCreditBytes) bytes is under 4 frames")
    }
    let sizes = [
      framePayloadBytesMax, messageBytesMax, openCallsMax, openStreamsMax, streamCreditBytes,
      connectionCreditBytes,
    ]
    guard sizes.allSatisfy({ $0 <= Self.bytesMax }) else {
      throw ProtocolError("the peer's hello names a limit that is out of range")
    }
  }
}
