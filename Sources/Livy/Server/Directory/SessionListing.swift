// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Who is listed, in order of numbers, found by number or name.
struct SessionListing {
  private var entries: [SessionID: Entry] = [:]
  private var names: [String: SessionID] = [:]
  /// Ascending. Numbers are given in order but may be listed out of it, since a store takes its
  /// time.
  private var order: [SessionID] = []

  var count: Int { order.count }

  var all: [Entry] { order.compactMap { entries[$0] } }

  subscript(_ reference: SessionReference) -> Entry? {
    switch reference {
    case .id(let id): entries[id]
    case .name(let name): names[name].flatMap { entries[$0] }
    }
  }

  func page(from: Int, size: Int) -> [Entry] {
    order.dropFirst(max(0, from)).prefix(max(0, size)).compactMap { entries[$0] }
  }

  /// Livy's rules and words.
  func checkName(_ name: String?, of id: SessionID) throws(LivyError) {
    guard let name else { return }
    guard name.contains(where: { !("0"..."9").contains($0) }) else {
      throw LivyError(.invalidRequest, "Invalid session name: \(name)")
    }
    guard names[name] == nil else {
      throw LivyError(
        .invalidRequest, "Duplicate session name: Some(\(name)) for session \(id)")
    }
  }

  mutating func add(_ entry: Entry) {
    let id = entry.id
    if entries.updateValue(entry, forKey: id) == nil {
      let position = order.lastIndex { $0 < id }.map { $0 + 1 } ?? 0
      order.insert(id, at: position)
    }
    if let name = entry.name { names[name] = id }
  }

  mutating func remove(_ id: SessionID) {
    guard let entry = entries.removeValue(forKey: id) else { return }
    order.removeAll { $0 == id }
    if let name = entry.name, names[name] == id { names[name] = nil }
  }
}

extension SessionListing {
  enum Entry: Sendable {
    /// Started or taken up by this server; its end may have come since.
    case live(InteractiveSession)
    /// Known from the store alone.
    case past(SessionRecord)

    var id: SessionID {
      switch self {
      case .live(let session): session.identity.id
      case .past(let record): record.id
      }
    }

    var name: String? {
      switch self {
      case .live(let session): session.identity.request.name
      case .past(let record): record.request.name
      }
    }

    /// Milliseconds since 1970; nil while it lives.
    var finishedMilliseconds: Int64? {
      get async {
        switch self {
        case .live(let session): await session.finishedMilliseconds
        case .past(let record): record.finishedMilliseconds
        }
      }
    }

    func snapshot() async -> SessionSnapshot {
      switch self {
      case .live(let session): await session.snapshot()
      case .past(let record): record.snapshot
      }
    }

    func log(linesMax: Int) async -> [String] {
      switch self {
      case .live(let session): await session.log(linesMax: linesMax)
      case .past(let record): record.snapshot.log
      }
    }
  }
}

extension SessionRecord {
  /// What is left to show of a session whose server is gone.
  var snapshot: SessionSnapshot {
    var snapshot = SessionSnapshot(id: id, uuid: uuid, request: request, state: state)
    snapshot.reason = reason
    snapshot.applicationID = applicationID
    snapshot.sparkUIURL = sparkUIURL
    snapshot.phases = phases
    snapshot.log = SessionLog.layout(ApplicationLog(), note: reason)
    snapshot.createdMilliseconds = createdMilliseconds
    return snapshot
  }
}
