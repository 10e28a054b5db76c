// SPDX-License-Identifier: Apache-2.0

/// Where launched drivers and the server find each other. The link implements it over TLS.
package protocol DriverRendezvous: Sendable {
  /// Prepares for one driver: makes its token and the launch file's bytes. The token is good for
  /// one key, for `tokenLifetime`, and for this attempt only.
  func expect(_ expectation: DriverExpectation) async throws(LivyError) -> [UInt8]

  /// Prepares for a driver that was enrolled by an earlier run of the server: its certificate is
  /// good again. With an address of connect-back, dialling it begins.
  func readmit(_ readmission: DriverReadmission) async throws(LivyError)

  /// Waits until the expected driver was enrolled. Throws `.timedOut`, `.cancelled` (forgotten
  /// meanwhile), or `.launchFailed` when the driver said that it cannot start.
  func enrolled(
    _ uuid: SessionUUID, within limit: Duration
  ) async throws(LivyError) -> DriverKey

  /// Waits until the expected driver stands at the end of a channel, whoever dialled. Same errors.
  /// When that channel is lost, the next call waits for the driver's return.
  func connected(
    _ uuid: SessionUUID, within limit: Duration
  ) async throws(LivyError) -> DriverConnection

  /// Revokes the token and the certificate, and cuts the connection. Idempotent.
  func forget(_ uuid: SessionUUID) async
}

/// A driver that will come.
package struct DriverExpectation: Sendable {
  package var uuid: SessionUUID
  package var attempt: UInt32
  /// The server's lease on the session.
  package var epoch: UInt64
  package var kind: SessionKind
  package var tokenLifetime: Duration
  package var settings: DriverSettings

  package init(
    uuid: SessionUUID, attempt: UInt32, epoch: UInt64, kind: SessionKind, tokenLifetime: Duration,
    settings: DriverSettings
  ) {
    self.uuid = uuid
    self.attempt = attempt
    self.epoch = epoch
    self.kind = kind
    self.tokenLifetime = tokenLifetime
    self.settings = settings
  }
}

/// A driver that came under an earlier run of the server and may come again.
package struct DriverReadmission: Equatable, Sendable {
  package var uuid: SessionUUID
  package var attempt: UInt32
  /// The server's lease on the session, higher than any before.
  package var epoch: UInt64
  package var key: DriverKey
  package var channel: ChannelDirection
  /// Connect-back: where the driver listened last.
  package var address: DriverAddress?

  package init(
    uuid: SessionUUID, attempt: UInt32, epoch: UInt64, key: DriverKey, channel: ChannelDirection,
    address: DriverAddress?
  ) {
    self.uuid = uuid
    self.attempt = attempt
    self.epoch = epoch
    self.key = key
    self.channel = channel
    self.address = address
  }
}

/// Digest of the public key that a driver enrolled with: by it the driver is known again. Not a
/// secret.
package struct DriverKey: Hashable, Sendable {
  /// SHA-256 of the key, in hex.
  package let digest: String

  package init(digest: String) {
    self.digest = digest
  }
}

/// Where a driver listens (connect-back).
package struct DriverAddress: Hashable, Sendable {
  /// Numeric.
  package var ip: String
  package var port: UInt16

  package init(ip: String, port: UInt16) {
    self.ip = ip
    self.port = port
  }
}

/// A driver at the end of a channel.
package struct DriverConnection: Sendable {
  package var driver: any SessionDriver
  /// Connect-back: the address that was dialled.
  package var address: DriverAddress?

  package init(driver: any SessionDriver, address: DriverAddress?) {
    self.driver = driver
    self.address = address
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
  /// Between two tries to end a cancelled statement's Spark jobs
  /// (`livy.rsc.job-cancel.trigger-interval`).
  package var cancelInterval: Duration = .milliseconds(100)
  /// A cancelled statement that goes on for so long counts as cancelled all the same
  /// (`livy.rsc.job-cancel.timeout`).
  package var cancelTimeMax: Duration = .seconds(30)
  /// Bytes that are kept of what a statement prints or shows (`livy.rsc.output.max-bytes`).
  package var outputBytesMax: UInt32 = 32 << 20
  /// Whether Python's last expression also gives the richer forms of its value
  /// (`livy.repl.rich-output`).
  package var richOutput = false

  package init() {}
}
