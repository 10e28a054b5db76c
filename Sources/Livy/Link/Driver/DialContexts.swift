// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// The driver's TLS settings, one for each application protocol, kept from call to call: a driver
/// that comes back then resumes its TLS session.
final class DialContexts: Sendable {
  private struct Kept {
    var context: TLSContext
    var certificatePEM: String?
  }

  private let kept = Locked<[String: Kept]>([:])

  /// A certificate other than the last one takes its place.
  func context(
    for applicationProtocol: String, as identity: TLSIdentity?, trusting authority: String
  ) throws(TransportError) -> TLSContext {
    try kept.withLock { kept throws(TransportError) in
      if let old = kept[applicationProtocol] {
        if old.certificatePEM != identity?.certificatePEM {
          try old.context.reload(identity: identity, trusting: authority)
          kept[applicationProtocol]?.certificatePEM = identity?.certificatePEM
        }
        return old.context
      }
      let made = try TLSContext.client(
        identity: identity, trusting: authority, applicationProtocol: applicationProtocol,
        verify: ServerDialer.verifyServer)
      kept[applicationProtocol] = Kept(
        context: made, certificatePEM: identity?.certificatePEM)
      return made
    }
  }
}
