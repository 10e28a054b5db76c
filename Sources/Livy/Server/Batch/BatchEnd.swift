// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Why a batch is over: what it shows then, and what people are told.
package enum BatchEnd: Equatable, Sendable {
  /// A user deleted it.
  case requested
  case serverStopped
  /// A new server found it, and was told not to take up what ran before.
  case leftBehind
  /// spark-submit could not be started.
  case launchFailed(String)
  /// spark-submit ended by itself.
  case exited(ApplicationExit)

  /// What the batch shows for good.
  package var state: BatchState {
    switch self {
    case .requested, .serverStopped, .leftBehind: .killed
    case .exited(.status(0)): .success
    case .launchFailed, .exited: .dead
    }
  }

  /// It did not end by itself.
  package var isKill: Bool {
    switch self {
    case .requested, .serverStopped, .leftBehind: true
    case .launchFailed, .exited: false
    }
  }

  /// One line for people; nil for a batch that ended well.
  package var words: String? {
    switch self {
    case .requested:
      "The batch was ended on request."
    case .serverStopped:
      "The server was stopped, and the batch was ended with it."
    case .leftBehind:
      "The server was restarted with livy.server.recovery.mode=off, and the batch was ended."
    case .launchFailed(let reason):
      "The batch could not be started: \(reason)"
    case .exited(.status(0)):
      nil
    case .exited(.unseen):
      "The batch ended while no server watched it, so its exit status was not seen; what it was to "
        + "make tells whether it succeeded."
    case .exited(let exit):
      "The batch ended with \(exit)."
    }
  }
}
