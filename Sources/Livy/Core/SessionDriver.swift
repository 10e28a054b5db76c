// SPDX-License-Identifier: Apache-2.0

/// What a server asks of a driver, in domain words. The driver implements it; the link carries it
/// over the wire, so that the server holds the same protocol at its end.
///
/// Errors are `LivyError`: `.driverLost` when the connection ended before the answer.
package protocol SessionDriver: Sendable {
  /// Where its calls and events cost least: work for this driver that runs there needs no other
  /// thread. Nil where that makes no difference. What keeps a thread for long belongs elsewhere.
  var executor: (any TaskExecutor)? { get }

  /// Answers once a job has run in the Spark session.
  func ping() async throws(LivyError) -> ApplicationFacts

  /// Queues a statement. Returns when the driver has it; the outcome comes as an event. An id seen
  /// before changes nothing.
  func execute(_ request: ExecuteRequest) async throws(LivyError)

  /// Queues statements, in order. What became of each: nil where the driver has it.
  func execute(all requests: [ExecuteRequest]) async -> [LivyError?]

  /// Takes the session, or takes it up again, under the lease `epoch`. From here on a server with a
  /// lower one is refused.
  func attach(epoch: UInt64) async throws(LivyError) -> DriverStanding

  /// Ends one statement. A waiting one never runs; a running one is interrupted, and its end comes
  /// as an event, at the latest when the driver's patience is over. Returns what it was.
  func cancel(
    _ statement: StatementID, epoch: UInt64
  ) async throws(LivyError) -> StatementStage

  /// Which words may stand at a place in some code; none where that is not known, or not in time.
  /// Runs nothing, and waits for no statement.
  func complete(_ request: CompletionRequest) async throws(LivyError) -> [String]

  /// Every event after number `after`, in order and without gaps, then those that happen, until the
  /// task is cancelled (returns) or the driver is lost (throws). `deliver` is awaited: the next
  /// event waits for it.
  func watch(
    after: UInt64, epoch: UInt64, deliver: @escaping @Sendable (DriverEvent) async -> Void
  ) async throws(LivyError)

  /// The server has everything up to event `number`: the driver may forget it.
  func acknowledge(through number: UInt64) async throws(LivyError)

  /// Queues a job. Returns when the driver has it. A number seen before changes nothing.
  func submit(_ job: Job, epoch: UInt64) async throws(LivyError)

  /// Runs a job beside the queue, and returns its end.
  func run(_ job: Job, epoch: UInt64) async throws(LivyError) -> JobReport

  /// Nil for a job that the driver does not know, or no longer.
  func status(of job: JobNumber) async throws(LivyError) -> JobReport?

  /// A queued job never runs, a running one is interrupted. Unknown numbers change nothing.
  func cancel(_ job: JobNumber, epoch: UInt64) async throws(LivyError)

  /// Brings a file, a jar or a Python module to the application: statements and jobs that begin
  /// later find it.
  func add(_ resource: AddedResource, epoch: UInt64) async throws(LivyError)

  /// Orderly end. Returns when the driver has begun to end; its process follows.
  func endSession() async throws(LivyError)
}

extension SessionDriver {
  package var executor: (any TaskExecutor)? { nil }

  package func execute(all requests: [ExecuteRequest]) async -> [LivyError?] {
    var errors: [LivyError?] = []
    for request in requests {
      do throws(LivyError) {
        try await execute(request)
        errors.append(nil)
      } catch {
        errors.append(error)
      }
    }
    return errors
  }
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

/// A place in some code.
package struct CompletionRequest: Equatable, Sendable {
  package var kind: StatementKind
  package var code: String
  /// How many UTF-16 code units of the code stand before the place, as Java counts characters. May
  /// lie anywhere: before the code, beyond it, within a character.
  package var cursor: Int

  package init(kind: StatementKind, code: String, cursor: Int) {
    self.kind = kind
    self.code = code
    self.cursor = cursor
  }
}

extension String {
  /// What stands before a cursor that counts UTF-16 code units and may lie anywhere: whole
  /// characters.
  package func before(cursor: Int) -> Substring.UnicodeScalarView {
    let end = utf16.index(startIndex, offsetBy: max(0, cursor), limitedBy: endIndex)
    return unicodeScalars[..<(end ?? endIndex)]
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

/// Where a driver stands when a server attaches to it.
package struct DriverStanding: Equatable, Sendable {
  package var state: InterpreterState
  /// Number of the newest event; 0 for none.
  package var lastEvent: UInt64
  /// The highest number of a job that was taken: the next one's must be higher.
  package var lastJob: JobNumber
  /// The statement that is told as finished while its code goes on.
  package var held: StatementID?

  package init(
    state: InterpreterState, lastEvent: UInt64, lastJob: JobNumber, held: StatementID? = nil
  ) {
    self.state = state
    self.lastEvent = lastEvent
    self.lastJob = lastJob
    self.held = held
  }
}

/// What a statement was when its cancellation came to the driver.
package enum StatementStage: String, Sendable, CaseIterable {
  case over
  /// It has not run, perhaps has not even come yet, and never will.
  case waited
  case ran
}

/// Something that happened in a driver, numbered from 1 without gaps.
package struct DriverEvent: Equatable, Sendable {
  package enum What: Equatable, Sendable {
    case state(InterpreterState)
    case started(StatementID, atMilliseconds: Int64)
    case progress(StatementID, fraction: Double)
    case finished(StatementID, StatementEnd, atMilliseconds: Int64)
    /// A piece of what the running statement prints. Pieces may be left out: `offset` counts the
    /// UTF-8 bytes that were printed before this one, and the statement's end brings the whole.
    case printed(StatementID, offset: UInt64, text: String)
    /// The statement was cancelled and is told as finished, but its code goes on: nothing else runs
    /// until it has ended.
    case held(StatementID)
  }

  package var number: UInt64
  package var what: What

  package init(number: UInt64, what: What) {
    self.number = number
    self.what = what
  }
}
