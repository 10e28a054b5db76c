// SPDX-License-Identifier: Apache-2.0

/// Number of a job within its session, from 1.
package struct JobNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let number: UInt64

  package init(_ number: UInt64) {
    self.number = number
  }

  package var description: String { String(number) }

  package static func < (left: JobNumber, right: JobNumber) -> Bool { left.number < right.number }
}

/// A serialized program of the programmatic API.
package struct Job: Equatable, Sendable {
  /// What the program is written in.
  package enum Kind: String, CaseIterable, Sendable {
    /// The cloudpickle of a function of one argument, the job context.
    case pyspark
  }

  package var number: JobNumber
  package var kind: Kind
  package var program: [UInt8]

  package init(number: JobNumber, kind: Kind, program: [UInt8]) {
    self.number = number
    self.kind = kind
    self.program = program
  }
}

/// How far a job is, and what it came to.
package enum JobReport: Equatable, Sendable {
  case queued
  case started
  /// What the program returned, serialized as the program was.
  case succeeded([UInt8])
  /// What went wrong, with the program's own traceback.
  case failed(String)
  case cancelled

  package var isFinished: Bool {
    switch self {
    case .queued, .started: false
    case .succeeded, .failed, .cancelled: true
    }
  }
}

/// Something that a user adds to a running application, by its URI as Spark reads it on the driver's
/// node.
package enum AddedResource: Equatable, Sendable {
  case file(String)
  case jar(String)
  case pythonFile(String)

  package var uri: String {
    switch self {
    case .file(let uri), .jar(let uri), .pythonFile(let uri): uri
    }
  }
}
