// SPDX-License-Identifier: Apache-2.0

/// A session as it is at one moment: what REST and the command line show.
package struct SessionSnapshot: Equatable, Sendable {
  package var id: SessionID
  package var uuid: SessionUUID
  package var request: SessionRequest
  package var state: SessionState
  /// Why it failed or ended, in words.
  package var reason: String?
  package var applicationID: String?
  package var sparkUIURL: String?
  package var phases: [PhaseTime]
  /// When and why it will end by itself if nobody uses it; soonest first.
  package var expiries: [SessionExpiry]
  /// A cancelled statement whose code goes on: nothing else runs until it has ended.
  package var held: StatementID?
  /// In Livy's layout: `stdout: `, its lines, `\nstderr: `, its lines.
  package var log: [String]
  /// Milliseconds since 1970.
  package var createdMilliseconds: Int64

  package init(id: SessionID, uuid: SessionUUID, request: SessionRequest, state: SessionState) {
    self.id = id
    self.uuid = uuid
    self.request = request
    self.state = state
    phases = []
    expiries = []
    log = []
    createdMilliseconds = 0
  }
}

/// A time at which the server will end a session.
package struct SessionExpiry: Equatable, Sendable {
  package enum Cause: String, CaseIterable, Sendable {
    /// Nobody used it.
    case idle
    /// It is as old as it may become.
    case age = "ttl"
    /// Its client asked to be watched, and fell silent.
    case heartbeat
  }

  package var cause: Cause
  /// Milliseconds since 1970.
  package var atMilliseconds: Int64

  package init(cause: Cause, atMilliseconds: Int64) {
    self.cause = cause
    self.atMilliseconds = atMilliseconds
  }
}

/// When a step of a start began.
package struct PhaseTime: Equatable, Sendable {
  package var phase: LaunchPhase
  /// Milliseconds since 1970.
  package var atMilliseconds: Int64

  package init(phase: LaunchPhase, atMilliseconds: Int64) {
    self.phase = phase
    self.atMilliseconds = atMilliseconds
  }
}

/// How a path names a session: all digits is a number, anything else a name.
package enum SessionReference: Hashable, Sendable, CustomStringConvertible {
  case id(SessionID)
  case name(String)

  package var description: String {
    switch self {
    case .id(let id): id.description
    case .name(let name): name
    }
  }
}
