// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// The sessions of a directory.
typealias SessionListing = Listing<SessionDirectory.Entry>

extension SessionListing {
  subscript(_ reference: SessionReference) -> Entry? {
    switch reference {
    case .id(let id): self[id: id]
    case .name(let name): self[name: name]
    }
  }
}

extension SessionDirectory {
  enum Entry: Listed, Sendable {
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

    var name: String? { request.name }

    var request: SessionRequest {
      switch self {
      case .live(let session): session.identity.request
      case .past(let record): record.request
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
