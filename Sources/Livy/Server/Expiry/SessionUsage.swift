// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Synchronization

/// A session's activity, noted from wherever it is seen: requests note it without a wait for the
/// session.
final class SessionUsage: Sendable {
  private let state: Mutex<SessionActivity>

  init(beganAt now: Int64) {
    state = Mutex(SessionActivity(beganAt: now))
  }

  var activity: SessionActivity { state.withLock { $0 } }

  func note(_ sign: SessionActivity.Sign, at now: Int64) {
    state.withLock { $0.note(sign, at: now) }
  }
}
