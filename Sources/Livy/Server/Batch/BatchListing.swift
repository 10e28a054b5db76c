// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// The batches of a directory.
typealias BatchListing = Listing<BatchDirectory.Entry>

extension BatchListing {
  subscript(_ reference: BatchReference) -> Entry? {
    switch reference {
    case .id(let id): self[id: id]
    case .name(let name): self[name: name]
    }
  }
}

extension BatchDirectory {
  enum Entry: Listed, Sendable {
    /// Watched by this server; its end may have come since.
    case live(Batch)
    /// Known from the store alone.
    case past(BatchRecord)

    var id: BatchID {
      switch self {
      case .live(let batch): batch.identity.id
      case .past(let record): record.id
      }
    }

    var name: String? { request.name }

    var request: BatchRequest {
      switch self {
      case .live(let batch): batch.identity.request
      case .past(let record): record.request
      }
    }

    var record: BatchRecord {
      get async {
        switch self {
        case .live(let batch): await batch.record
        case .past(let record): record
        }
      }
    }

    func snapshot(linesMax: Int) async -> BatchSnapshot {
      switch self {
      case .live(let batch): await batch.snapshot(linesMax: linesMax)
      case .past(let record):
        BatchSnapshot(record: record, log: record.log.suffix(max(0, linesMax)))
      }
    }

    func log(linesMax: Int) async -> [String] {
      switch self {
      case .live(let batch): await batch.log(linesMax: linesMax)
      case .past(let record): record.log
      }
    }
  }
}

extension BatchRecord {
  func after(_ end: BatchEnd) -> BatchRecord {
    var past = self
    past.state = end.state
    past.reason = end.words
    return past
  }

  /// The time until it is forgotten begins now if it has not begun.
  func finished(at now: Int64) -> BatchRecord {
    var past = self
    past.finishedMilliseconds = past.finishedMilliseconds ?? now
    return past
  }

  /// What is left to show of a batch whose server is gone.
  var log: [String] { SessionLog.layout(ApplicationLog(), note: reason) }
}
