// SPDX-License-Identifier: Apache-2.0

/// Where launched drivers and the server find each other. The link implements it over TLS.
package protocol DriverRendezvous: Sendable {
  /// Prepares for one driver: makes its token and the launch file's bytes. The token is good for
  /// one key, for `tokenLifetime`, and for this attempt only.
  func expect(_ expectation: DriverExpectation) async throws(LivyError) -> [UInt8]

  /// Waits until the expected driver was enrolled. Throws `.timedOut`, `.cancelled` (forgotten
  /// meanwhile), or `.launchFailed` when the driver said that it cannot start.
  func enrolled(_ uuid: SessionUUID, within limit: Duration) async throws(LivyError)

  /// Waits until the expected driver stands at the end of a channel, whoever dialled. Same errors.
  func connected(
    _ uuid: SessionUUID, within limit: Duration
  ) async throws(LivyError) -> any SessionDriver

  /// Revokes the token and the certificate, and cuts the connection. Idempotent.
  func forget(_ uuid: SessionUUID) async
}

/// A driver that will come.
package struct DriverExpectation: Sendable {
  package var uuid: SessionUUID
  package var attempt: UInt32
  package var kind: SessionKind
  package var tokenLifetime: Duration
  package var settings: DriverSettings

  package init(
    uuid: SessionUUID, attempt: UInt32, kind: SessionKind, tokenLifetime: Duration,
    settings: DriverSettings
  ) {
    self.uuid = uuid
    self.attempt = attempt
    self.kind = kind
    self.tokenLifetime = tokenLifetime
    self.settings = settings
  }
}

/// Who dials whom.
package enum ChannelDirection: String, Sendable, CaseIterable {
  case dialIn = "dial-in"
  case connectBack = "connect-back"
}

/// What a driver is told of its work.
package struct DriverSettings: Equatable, Sendable {
  package var channel: ChannelDirection = .dialIn
  /// Connect-back: where the driver may listen; nil lets the kernel choose.
  package var listenPorts: ClosedRange<UInt16>?
  /// Connect-back: the driver's own listening address; nil means all.
  package var listenHost: String?
  /// Without a server for this long the driver ends itself.
  package var serverLost: Duration = .seconds(600)
  package var sqlRowsMax: UInt32 = 1_000
  package var progressInterval: Duration = .milliseconds(200)

  package init() {}
}
