// SPDX-License-Identifier: Apache-2.0

/// When sessions that nobody ends are ended.
package struct ExpirySettings: Equatable, Sendable {
  /// What a long statement does to the idle clock.
  package enum BusySessions: Equatable, Sendable {
    /// A busy session ends like an idle one, counted from the start of its statement, as Livy's
    /// does.
    case end
    /// It is never idle.
    case spare
  }

  /// How long a session may be unused; nil does not look
  /// (`livy.server.session.timeout-check`, `livy.server.session.timeout`).
  package var idleMax: Duration? = .seconds(3_600)
  /// (`livy.server.session.timeout-check.skip-busy`)
  package var busySessions: BusySessions = .spare
  /// How old a session may become; nil does not look, whatever a session itself asks for
  /// (`livy.server.session.ttl-check`, `livy.server.session.ttl`).
  package var ageMax: Duration?
  /// Between two looks for clients that fell silent (`livy.server.heartbeat-watchdog.interval`).
  package var heartbeatInterval: Duration = .seconds(60)

  package init() {}
}
