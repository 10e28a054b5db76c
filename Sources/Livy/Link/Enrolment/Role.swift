// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Transport

/// Who a certificate's holder is: the URI among its alternative names, with the matching key usage.
package enum Role: Hashable, Sendable {
  case server(id: String)
  case session(SessionUUID)

  /// `livy:server:<id>` or `livy:session:<uuid>`.
  package var uri: String {
    switch self {
    case .server(let id): "livy:server:\(id)"
    case .session(let uuid): "livy:session:\(uuid)"
    }
  }

  /// Reads the one role that a certificate carries; nil where it carries none, several, or one that
  /// is malformed.
  package init?(_ certificate: PeerCertificate) {
    guard certificate.uris.count == 1, let uri = certificate.uris.first else { return nil }
    let parts = uri.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "livy", !parts[2].isEmpty else { return nil }
    switch parts[1] {
    case "server": self = .server(id: String(parts[2]))
    case "session":
      guard let uuid = SessionUUID(String(parts[2])) else { return nil }
      self = .session(uuid)
    default: return nil
    }
  }
}

/// The two application protocols on the server's one RPC port.
package enum ChannelProtocol {
  /// No client certificate; one `Enroll` call of at most 4 KiB.
  package static let enrolment = "livy-enroll/1"
  /// Both sides show certificates; everything else.
  package static let channel = "livy/1"
}
