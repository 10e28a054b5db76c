// SPDX-License-Identifier: Apache-2.0

/// What a server asks of a driver, in domain words. The driver implements it; the link carries it
/// over the wire, so that the server holds the same protocol at its end.
///
/// Errors are `LivyError`: `.driverLost` when the connection ended before the answer.
package protocol SessionDriver: Sendable {
  /// Answers once a job has run in the Spark session.
  func ping() async throws(LivyError) -> ApplicationFacts

  /// Queues a statement. Returns when the driver has it; the outcome comes as an event. An id seen
  /// before changes nothing.
  func execute(_ request: ExecuteRequest) async throws(LivyError)

  /// Every event after number `after`, in order and without gaps, then those that happen, until the
  /// task is cancelled (returns) or the driver is lost (throws). `deliver` is awaited: the next
  /// event waits for it.
  func watch(
    after: UInt64, epoch: UInt64, deliver: @escaping @Sendable (DriverEvent) async -> Void
  ) async throws(LivyError)

  /// The server has everything up to event `number`: the driver may forget it.
  func acknowledge(through number: UInt64) async throws(LivyError)

  /// Orderly end. Returns when the driver has begun to end; its process follows.
  func endSession() async throws(LivyError)
}

/// One statement on its way to a driver.
package struct ExecuteRequest: Equatable, Sendable {
  package var statement: StatementID
  package var kind: StatementKind
  package var code: String
  /// The server's lease on the session.
  package var epoch: UInt64

  package init(statement: StatementID, kind: StatementKind, code: String, epoch: UInt64) {
    self.statement = statement
    self.kind = kind
    self.code = code
    self.epoch = epoch
  }
}

/// What Spark says of its application. Untrusted: a driver's words.
package struct ApplicationFacts: Equatable, Sendable {
  package var sparkVersion: String
  package var applicationID: String
  package var uiURL: String?

  package init(sparkVersion: String, applicationID: String, uiURL: String?) {
    self.sparkVersion = sparkVersion
    self.applicationID = applicationID
    self.uiURL = uiURL
  }
}

/// Something that happened in a driver, numbered from 1 without gaps.
package struct DriverEvent: Equatable, Sendable {
  package enum What: Equatable, Sendable {
    case state(InterpreterState)
    case started(StatementID, atMilliseconds: Int64)
    case progress(StatementID, fraction: Double)
    case finished(StatementID, StatementOutput, atMilliseconds: Int64)
  }

  package var number: UInt64
  package var what: What

  package init(number: UInt64, what: What) {
    self.number = number
    self.what = what
  }
}
