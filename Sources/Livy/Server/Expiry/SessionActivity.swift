// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// What a session's clocks count from. All times are milliseconds since 1970.
///
/// | sign | moves |
/// |---|---|
/// | created, or taken up by another run of the server | all three |
/// | any request that names the session | the heartbeat |
/// | connect, a statement, cancel, a job, a file, or that it became ready | the use, the heartbeat |
/// | its driver started or finished a statement, or became idle or busy | the use |
package struct SessionActivity: Equatable, Sendable {
  /// When this run of the server took the session over.
  package private(set) var began: Int64
  package private(set) var lastUse: Int64
  package private(set) var lastHeartbeat: Int64

  package init(beganAt now: Int64) {
    began = now
    lastUse = now
    lastHeartbeat = now
  }

  /// What a time is told of.
  package enum Sign: Equatable, Sendable {
    /// A request named the session and did nothing with it.
    case heartbeat
    /// A client used the session.
    case use
    /// The driver worked; its client may be silent.
    case work
  }

  package mutating func note(_ sign: Sign, at now: Int64) {
    switch sign {
    case .heartbeat: lastHeartbeat = now
    case .use:
      lastUse = now
      lastHeartbeat = now
    case .work: lastUse = now
    }
  }
}

extension DriverEvent {
  /// What only tells how a statement goes on is no use of a session.
  var isWork: Bool {
    switch what {
    case .state, .started, .finished: true
    case .progress, .printed, .held: false
    }
  }
}
