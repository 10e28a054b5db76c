// SPDX-License-Identifier: Apache-2.0

internal import Simulation
internal import Transport

@testable internal import Wire

/// The numbers of a connection that have to add up. The one place that looks behind its API.
struct ConnectionAudit {
  var openCalls: Int
  /// Callers that the connection knows and owes an answer.
  var hasWaitingCallers: Bool
  var partialBytes: Int
  var queuedBytes: Int
  /// What this side may send, as it counts.
  var sendCredit: Int
  /// What the peer may send, as this side counts.
  var receiveCredit: Int

  /// What may never be, not even in the midst.
  var violations: [String] {
    if min(openCalls, partialBytes, queuedBytes, sendCredit, receiveCredit) >= 0 { return [] }
    return ["a number is below nothing: \(self)"]
  }

  /// What must be gone when all calls are over.
  var remains: [String] {
    [
      ("openCalls", openCalls), ("partialBytes", partialBytes), ("queuedBytes", queuedBytes),
      ("callers", hasWaitingCallers ? 1 : 0),
    ].filter { $0.1 != 0 }.map { "\($0.0) is \($0.1)" }
  }
}

extension Connection {
  /// Between two turns of the world.
  nonisolated func audit(in world: SimulatedWorld) -> ConnectionAudit? {
    guard let loop = loop as? SimulatedLoop else { return nil }
    return world.inspect(loop) {
      let core = core.value
      return ConnectionAudit(
        openCalls: core.openCount, hasWaitingCallers: !core.sinks.isEmpty,
        partialBytes: core.machine.budget.usedBytes, queuedBytes: core.machine.queuedBytes,
        sendCredit: core.machine.sendCredit.available,
        receiveCredit: core.machine.receiveCredit.outstanding)
    }
  }
}
