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
    log = []
    createdMilliseconds = 0
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
