// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// When one session ends by itself: Livy's rules.
///
/// A session's own `idleTimeout` and `ttl` stand in place of the server's, and count only while the
/// server looks for such ends at all. A session that is starting is not idle: its start has
/// deadlines of its own. One that is over has no end to come.
package struct SessionExpiryRules: Equatable, Sendable {
  /// How long it may be unused; nil is for ever. All limits are milliseconds.
  package var idleMax: Int64?
  /// How old it may become.
  package var ageMax: Int64?
  /// How long its client may be silent.
  package var silenceMax: Int64?
  package var busySessions: ExpirySettings.BusySessions

  package init(_ settings: ExpirySettings, _ request: SessionRequest) {
    busySessions = settings.busySessions
    idleMax = settings.idleMax.map { Self.limit(request.idleTimeout, else: $0) }
    ageMax = settings.ageMax.map { Self.limit(request.ttl, else: $0) }
    if request.heartbeatTimeoutSeconds > 0 {
      silenceMax = Int64(request.heartbeatTimeoutSeconds) * 1_000
    }
  }

  /// The times at which it will end if nothing happens; soonest first.
  package func expiries(
    of activity: SessionActivity, in state: SessionState
  ) -> [SessionExpiry] {
    guard !state.isFinished, state != .shuttingDown else { return [] }
    let all = [
      countsAsIdle(state) ? Self.expiry(.idle, activity.lastUse, idleMax) : nil,
      Self.expiry(.age, activity.began, ageMax),
      Self.expiry(.heartbeat, activity.lastHeartbeat, silenceMax),
    ]
    return all.compactMap { $0 }.sorted { $0.atMilliseconds < $1.atMilliseconds }
  }

  /// The soonest of these causes whose time has come.
  package func due(
    _ causes: Set<SessionExpiry.Cause>, of activity: SessionActivity, in state: SessionState,
    at now: Int64
  ) -> SessionExpiry.Cause? {
    expiries(of: activity, in: state)
      .first { causes.contains($0.cause) && $0.atMilliseconds <= now }?.cause
  }

  /// The limit that a cause stands for, for people.
  package func limit(_ cause: SessionExpiry.Cause) -> Duration {
    switch cause {
    case .idle: .milliseconds(idleMax ?? 0)
    case .age: .milliseconds(ageMax ?? 0)
    case .heartbeat: .milliseconds(silenceMax ?? 0)
    }
  }

  private func countsAsIdle(_ state: SessionState) -> Bool {
    switch state {
    case .idle, .running: true
    case .busy: busySessions == .end
    case .notStarted, .starting, .recovering: false
    case .shuttingDown, .error, .dead, .killed, .success: false
    }
  }

  /// Nil also where the time lies past all times.
  private static func expiry(
    _ cause: SessionExpiry.Cause, _ from: Int64, _ limit: Int64?
  ) -> SessionExpiry? {
    guard let limit else { return nil }
    let (at, overflows) = from.addingReportingOverflow(max(0, limit))
    return overflows ? nil : SessionExpiry(cause: cause, atMilliseconds: at)
  }

  /// A request's own time was checked when it came; one that cannot be read does not count.
  private static func limit(_ own: String?, else standard: Duration) -> Int64 {
    let own = own.flatMap { try? TimeString.parse($0) }
    return (own ?? standard).milliseconds
  }
}
