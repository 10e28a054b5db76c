// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Wire

/// Open connections that came in with a session's certificate.
struct GuestList {
  private var connections: [SessionUUID: [ObjectIdentifier: Connection]] = [:]

  mutating func add(_ connection: Connection, of session: SessionUUID) {
    connections[session, default: [:]][ObjectIdentifier(connection)] = connection
  }

  mutating func remove(_ connection: Connection, of session: SessionUUID) {
    connections[session]?[ObjectIdentifier(connection)] = nil
    if connections[session]?.isEmpty == true { connections[session] = nil }
  }

  /// Takes those of one session off the list.
  mutating func removeAll(of session: SessionUUID) -> [Connection] {
    connections.removeValue(forKey: session).map { Array($0.values) } ?? []
  }
}
