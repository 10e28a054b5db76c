// SPDX-License-Identifier: Apache-2.0

internal import Wire

/// The rendezvous' connections that are open, and what those that ended had counted.
struct ConnectionRoll {
  private var connections: [ObjectIdentifier: Connection] = [:]
  private(set) var past = ConnectionMetrics()

  var open: [Connection] { Array(connections.values) }

  mutating func enter(_ connection: Connection) {
    connections[ObjectIdentifier(connection)] = connection
  }

  mutating func leave(_ connection: Connection, _ counted: ConnectionMetrics) {
    guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
    past.add(counted)
  }
}
