// SPDX-License-Identifier: Apache-2.0

/// Number of a batch on one server: from 0, rising, never used twice. Counted apart from sessions.
package struct BatchID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let number: Int32

  package init(_ number: Int32) {
    self.number = number
  }

  package var description: String { String(number) }

  package static func < (left: BatchID, right: BatchID) -> Bool { left.number < right.number }
}

/// What a user asks of a new batch; the fields of Livy's POST /batches after parsing.
package struct BatchRequest: Equatable, Sendable {
  /// URI of the application: a jar or a Python file.
  package var file: String
  package var className: String?
  package var arguments: [String] = []
  package var name: String?
  package var owner: String?
  package var proxyUser: String?
  package var queue: String?
  package var resources = SparkResources()
  package var files = SparkFiles()
  package var conf: [String: String] = [:]

  package init(file: String) {
    self.file = file
  }
}

/// The state that a batch shows, in Livy's words.
package enum BatchState: String, CaseIterable, Sendable {
  case starting, running, success, dead, killed

  /// The application is over and will never run again.
  package var isFinished: Bool {
    switch self {
    case .success, .dead, .killed: true
    case .starting, .running: false
    }
  }
}

/// What is known of a batch beyond the life of a server.
package struct BatchRecord: Equatable, Sendable {
  package var id: BatchID
  /// All its processes carry it.
  package var tag: SessionUUID
  package var request: BatchRequest
  package var state: BatchState
  /// Why it ended, in words; nil while it lives.
  package var reason: String?
  package var applicationID: String?
  /// Milliseconds since 1970.
  package var createdMilliseconds: Int64
  /// Milliseconds since 1970; nil while it lives. Retention counts from here.
  package var finishedMilliseconds: Int64?

  package init(
    id: BatchID, tag: SessionUUID, request: BatchRequest, state: BatchState,
    createdMilliseconds: Int64
  ) {
    self.id = id
    self.tag = tag
    self.request = request
    self.state = state
    self.createdMilliseconds = createdMilliseconds
  }
}

/// A batch as it is at one moment: what REST and the command line show.
package struct BatchSnapshot: Equatable, Sendable {
  package var record: BatchRecord
  /// The newest lines, in Livy's layout.
  package var log: [String]

  package init(record: BatchRecord, log: [String]) {
    self.record = record
    self.log = log
  }
}

/// How a path names a batch: all digits is a number, anything else a name.
package enum BatchReference: Hashable, Sendable, CustomStringConvertible {
  case id(BatchID)
  case name(String)

  package var description: String {
    switch self {
    case .id(let id): id.description
    case .name(let name): name
    }
  }
}
