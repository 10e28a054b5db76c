// SPDX-License-Identifier: Apache-2.0

/// What went wrong below the messages: a code, what was tried on what, and libuv's or OpenSSL's
/// own reason.
package struct TransportError: Error, Equatable, Sendable, CustomStringConvertible {
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Case: String {
      case refused, unreachable, timedOut, addressInUse, reset, closed, cancelled
      case handshakeFailed, peerRejected, untrusted, badCertificate, badKey
      case badAddress, limit, spawnFailed, system
    }
    private let rawCase: Case

    /// Nobody listens at the address.
    package static let refused = Code(rawCase: .refused)
    package static let unreachable = Code(rawCase: .unreachable)
    /// A deadline of ours passed: connect, handshake, flush.
    package static let timedOut = Code(rawCase: .timedOut)
    package static let addressInUse = Code(rawCase: .addressInUse)
    /// The peer, or something between, cut the connection without a goodbye.
    package static let reset = Code(rawCase: .reset)
    /// Used after its end.
    package static let closed = Code(rawCase: .closed)
    /// We ended it ourselves.
    package static let cancelled = Code(rawCase: .cancelled)
    /// No agreement on TLS: plaintext peer, old version, no common ALPN.
    package static let handshakeFailed = Code(rawCase: .handshakeFailed)
    /// The peer sent an alert: it disliked something of ours.
    package static let peerRejected = Code(rawCase: .peerRejected)
    /// We disliked the peer's certificate: chain, time, role.
    package static let untrusted = Code(rawCase: .untrusted)
    /// A certificate or request of ours, or in a file, cannot be used.
    package static let badCertificate = Code(rawCase: .badCertificate)
    package static let badKey = Code(rawCase: .badKey)
    package static let badAddress = Code(rawCase: .badAddress)
    /// A named limit was reached.
    package static let limit = Code(rawCase: .limit)
    package static let spawnFailed = Code(rawCase: .spawnFailed)
    /// Any other error of the system; the reason tells.
    package static let system = Code(rawCase: .system)

    package var description: String { rawCase.rawValue }
  }

  package var code: Code
  /// What was tried, on what, and what to do about it.
  package var message: String
  /// The library's own words, for example `connection refused (ECONNREFUSED)`.
  package var reason: String?

  package init(_ code: Code, _ message: String, reason: String? = nil) {
    self.code = code
    self.message = message
    self.reason = reason
  }

  package var description: String {
    reason.map { "\(message): \($0) [\(code)]" } ?? "\(message) [\(code)]"
  }
}
