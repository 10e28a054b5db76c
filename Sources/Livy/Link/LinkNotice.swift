// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Transport

/// What happens at the RPC port, for log and audit. Never holds a secret.
package enum LinkNotice: Sendable, CustomStringConvertible {
  case enrolled(SessionUUID, SocketAddress)
  case enrolmentRefused(SocketAddress, reason: String)
  case registered(SessionUUID, SocketAddress, pid: UInt32, ChannelDirection)
  case registrationRefused(SocketAddress, reason: String)
  case connectionRefused(SocketAddress, TransportError)
  case channelLost(SessionUUID, reason: String)
  case driverFailed(SessionUUID, reason: String)

  /// Refusals are worth a warning: somebody knocked who should not, or something is misconfigured.
  package var isRefusal: Bool {
    switch self {
    case .enrolmentRefused, .registrationRefused, .connectionRefused: true
    case .enrolled, .registered, .channelLost, .driverFailed: false
    }
  }

  package var description: String {
    switch self {
    case .enrolled(let session, let address): "driver of \(session) enrolled from \(address)"
    case .enrolmentRefused(let address, let reason): "enrolment from \(address) refused: \(reason)"
    case .registered(let session, let address, let pid, .dialIn):
      "driver of \(session) dialled in from \(address), pid \(pid)"
    case .registered(let session, let address, let pid, .connectBack):
      "connected back to the driver of \(session) at \(address), pid \(pid)"
    case .registrationRefused(let address, let reason):
      "registration from \(address) refused: \(reason)"
    case .connectionRefused(let address, let error): "connection from \(address) refused: \(error)"
    case .channelLost(let session, let reason): "channel of \(session) ended: \(reason)"
    case .driverFailed(let session, let reason): "driver of \(session) cannot start: \(reason)"
    }
  }
}
