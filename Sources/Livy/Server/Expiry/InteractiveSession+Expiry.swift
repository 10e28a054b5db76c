// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Ends that nobody asks for.
extension InteractiveSession {
  var expiryRules: SessionExpiryRules {
    SessionExpiryRules(surroundings.settings.expiry, identity.request)
  }

  /// When it will end if nobody uses it; soonest first.
  var expiries: [SessionExpiry] {
    machine.isEnding ? [] : expiryRules.expiries(of: usage.activity, in: shownState)
  }

  nonisolated func noteActivity(_ sign: SessionActivity.Sign) {
    usage.note(sign, at: surroundings.clock.wallMilliseconds())
  }

  /// Begins its end if the time of one of the causes has come. There is no pause between the look
  /// and the end: a statement that is in the journal before keeps the session.
  func beginEndIfExpired(by causes: Set<SessionExpiry.Cause>) -> SessionExpiry.Cause? {
    let rules = expiryRules
    guard !machine.isEnding,
      let cause = rules.due(causes, of: usage.activity, in: shownState, at: now)
    else { return nil }
    perform(machine.end(.expired(cause, rules.limit(cause))))
    return cause
  }
}
