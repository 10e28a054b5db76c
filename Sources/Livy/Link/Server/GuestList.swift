// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Wire

/// Open connections that came in with a session's certificate.
struct GuestList {
  typealias Guest = UInt64

  private var connections: [SessionUUID: [Guest: Connection]] = [:]
  private var next: Guest = 0

  mutating func add(_ connection: Connection, of session: SessionUUID) -> Guest {
    next &+= 1
    connections[session, default: [:]][next] = connection
    return next
  }

  mutating func remove(_ guest: Guest, of session: SessionUUID) {
    connections[session]?[guest] = nil
    if connections[session]?.isEmpty == true { connections[session] = nil }
  }

  /// Takes those of one session off the list.
  mutating func removeAll(of session: SessionUUID) -> [Connection] {
    connections.removeValue(forKey: session).map { Array($0.values) } ?? []
  }
}
