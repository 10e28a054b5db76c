// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
package import Transport

/// Who the server is on its RPC port: its authority, and a certificate of that authority for
/// itself.
package struct ServerIdentity: Sendable {
  let authority: CertificateAuthority
  private let identity: TLSIdentity

  /// Makes a fresh key and certificate for this run of the server.
  ///
  /// - Parameters:
  ///   - id: letters, digits, `-`, `.`, `_`; stands in the certificate's name.
  ///   - now: seconds since 1970.
  package init(
    id: String, authority: CertificateAuthority, lifetime: Duration, now: Int64
  ) throws(TransportError) {
    let key = try PrivateKey.generate()
    let request = try CertificateRequest(der: try CertificateRequest.der(for: key))
    // As a client only for connect-back, where the server dials the driver.
    let issued = try authority.issue(
      for: request, uri: Role.server(id: id).uri, usages: [.server, .client], lifetime: lifetime,
      now: now)
    self.authority = authority
    identity = TLSIdentity(certificatePEM: issued.pem, key: key)
  }

  /// For the RPC port: enrolment for everybody who has a token, the channel for certificates of
  /// known sessions.
  func listening(_ admission: Admission) throws(TransportError) -> TLSContext {
    try TLSContext.server(
      identity: identity, trusting: authority.pem,
      protocols: [
        .init(ChannelProtocol.channel, clientCertificate: .required),
        .init(ChannelProtocol.enrolment, clientCertificate: .none),
      ],
      verify: { certificate, _ in admission.judge(certificate, acting: .client) })
  }

  /// For connect-back to any driver that is known; the caller narrows it to one.
  func dialling(_ admission: Admission) throws(TransportError) -> TLSContext {
    try TLSContext.client(
      identity: identity, trusting: authority.pem, applicationProtocol: ChannelProtocol.channel,
      verify: { certificate, _ in admission.judge(certificate, acting: .server) })
  }
}
