// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Transport

/// What happens at the RPC port, for log and audit. Never holds a secret.
package enum LinkNotice: Sendable, CustomStringConvertible {
  case enrolled(SessionUUID, SocketAddress)
  case enrolmentRefused(SocketAddress, reason: String)
  case registered(SessionUUID, SocketAddress, pid: UInt32?, ChannelDirection)
  case registrationRefused(SocketAddress, reason: String)
  case connectionRefused(SocketAddress, TransportError)
  case channelLost(SessionUUID, reason: String)
  /// Connect-back: the server dials again, with pauses, until it gets through.
  case redialling(SessionUUID, SocketAddress, reason: String)
  /// Drivers of an earlier run look for the server at a port that somebody else has.
  case formerPortTaken(UInt16, TransportError)
  case driverFailed(SessionUUID, reason: String)

  /// Worth a warning: somebody knocked who should not, or something is misconfigured.
  package var isRefusal: Bool {
    switch self {
    case .enrolmentRefused, .registrationRefused, .connectionRefused, .formerPortTaken: true
    case .enrolled, .registered, .channelLost, .redialling, .driverFailed: false
    }
  }

  package var description: String {
    switch self {
    case .enrolled(let session, let address): "driver of \(session) enrolled from \(address)"
    case .enrolmentRefused(let address, let reason): "enrolment from \(address) refused: \(reason)"
    case .registered(let session, let address, let pid, .dialIn):
      "driver of \(session) dialled in from \(address), pid \(pid ?? 0)"
    case .registered(let session, let address, _, .connectBack):
      "connected back to the driver of \(session) at \(address)"
    case .registrationRefused(let address, let reason):
      "registration from \(address) refused: \(reason)"
    case .connectionRefused(let address, let error): "connection from \(address) refused: \(error)"
    case .channelLost(let session, let reason): "channel of \(session) ended: \(reason)"
    case .redialling(let session, let address, let reason):
      "the driver of \(session) at \(address) is not reached, and dialled again: \(reason)"
    case .formerPortTaken(let port, let error):
      """
      drivers of earlier sessions look for this server at port \(port), which cannot be opened \
      (\(error)): those that dial in will not find it; free the port and restart the server
      """
    case .driverFailed(let session, let reason): "driver of \(session) cannot start: \(reason)"
    }
  }
}
