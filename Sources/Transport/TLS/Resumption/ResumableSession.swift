// SPDX-License-Identifier: Apache-2.0

/// The name of a session that a server keeps: what its client shows to come back. 32 random bytes,
/// secret until they are used, and used once.
struct SessionName: Hashable, Sendable {
  static let bytesCount = 32
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// Nil where the count is another.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.bytesCount else { return nil }
    words = (
      bytes.loadUnaligned(as: UInt64.self),
      bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
      bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
      bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    )
  }

  var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }

  static func == (left: SessionName, right: SessionName) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }
}

/// What a server keeps of a handshake so that the same peer may come back without a full one:
/// the secret that only the two share, and who the peer is. No certificate, so that nothing is
/// decoded when it comes back.
struct ResumableSession: Equatable, Sendable {
  var name: SessionName
  /// The pre-shared key of RFC 8446, 4.6.1: as long as the cipher suite's hash.
  var secret: [UInt8]
  /// Number of the cipher suite (RFC 8446, B.4).
  var cipherSuite: UInt16
  /// A session is good for the protocol alone that it was made for.
  var applicationProtocol: String
  var peer: PeerCertificate
  /// Seconds since 1970.
  var made: Int64
}
