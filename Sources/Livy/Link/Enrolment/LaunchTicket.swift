// SPDX-License-Identifier: Apache-2.0

package import LivyCore
internal import Wire
internal import WireCodec
internal import WireMessages

/// What a driver finds in its launch file: how to prove itself, where the server is, and how to
/// work.
package struct LaunchTicket: Equatable, Sendable {
  /// One-use bootstrap token, 32 bytes. Secret.
  package var token: [UInt8]
  package var session: SessionUUID
  package var attempt: UInt32
  /// Names or addresses, tried in order.
  package var serverHosts: [String]
  package var serverPort: UInt16
  /// The server's certificate authority, PEM.
  package var authority: String
  package var kind: SessionKind
  package var settings: DriverSettings

  package init(
    token: [UInt8], session: SessionUUID, attempt: UInt32, serverHosts: [String],
    serverPort: UInt16, authority: String, kind: SessionKind, settings: DriverSettings
  ) {
    self.token = token
    self.session = session
    self.attempt = attempt
    self.serverHosts = serverHosts
    self.serverPort = serverPort
    self.authority = authority
    self.kind = kind
    self.settings = settings
  }

  /// The file's bytes.
  package func encoded() -> [UInt8] {
    LaunchFile(
      token: token, session: session.text, attempt: attempt, serverHosts: serverHosts,
      serverPort: UInt32(serverPort), authority: authority,
      channel: settings.channel == .dialIn ? .dialIn : .connectBack, kind: kind.name,
      listenPortFirst: UInt32(settings.listenPorts?.lowerBound ?? 0),
      listenPortLast: UInt32(settings.listenPorts?.upperBound ?? 0),
      serverLostSeconds: UInt32(clamping: settings.serverLost.components.seconds),
      sqlRowsMax: settings.sqlRowsMax, listenHost: settings.listenHost ?? "",
      progressIntervalMs: UInt32(clamping: settings.progressInterval.milliseconds),
      cancelIntervalMs: UInt32(clamping: settings.cancelInterval.milliseconds),
      cancelTimeMaxMs: UInt32(clamping: settings.cancelTimeMax.milliseconds),
      outputBytesMax: settings.outputBytesMax, richOutput: settings.richOutput
    ).encoded()
  }

  /// Reads a launch file. Throws `.configuration` with what is wrong with it.
  package init(decoding bytes: [UInt8]) throws(LivyError) {
    let file: LaunchFile
    do {
      file = try LaunchFile(decoding: bytes)
    } catch {
      throw LivyError(.configuration, "the launch file cannot be read", cause: error)
    }
    guard let session = SessionUUID(file.session), let kind = SessionKind(name: file.kind),
      let port = UInt16(exactly: file.serverPort), port > 0, !file.serverHosts.isEmpty,
      file.token.count == Self.tokenBytes,
      let first = UInt16(exactly: file.listenPortFirst),
      let last = UInt16(exactly: file.listenPortLast), first <= last
    else {
      throw LivyError(
        .configuration, "the launch file is incomplete: was it written by another version?")
    }
    let channel: ChannelDirection
    switch file.channel {
    case .dialIn: channel = .dialIn
    case .connectBack: channel = .connectBack
    default:
      throw LivyError(.configuration, "the launch file names a channel that this driver lacks")
    }
    var settings = DriverSettings()
    settings.channel = channel
    settings.listenPorts = first == 0 ? nil : first...last
    settings.listenHost = file.listenHost.isEmpty ? nil : file.listenHost
    settings.serverLost = .seconds(Int64(file.serverLostSeconds))
    settings.sqlRowsMax = file.sqlRowsMax
    settings.progressInterval = .milliseconds(Int64(file.progressIntervalMs))
    settings.cancelInterval = .milliseconds(Int64(file.cancelIntervalMs))
    settings.cancelTimeMax = .milliseconds(Int64(file.cancelTimeMaxMs))
    settings.outputBytesMax = file.outputBytesMax
    settings.richOutput = file.richOutput
    self.init(
      token: file.token, session: session, attempt: file.attempt, serverHosts: file.serverHosts,
      serverPort: port, authority: file.authority, kind: kind, settings: settings)
  }

  /// 256 bits: nobody guesses it.
  package static let tokenBytes = 32
}

extension Duration {
  /// Whole milliseconds, saturating.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let whole = seconds.multipliedReportingOverflow(by: 1_000)
    let total = whole.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return whole.overflow || total.overflow ? .max : total.partialValue
  }
}
