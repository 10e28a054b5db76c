// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// A driver without Spark. What a statement comes to stands in its code:
///
/// `raise` fails; `hold` runs until it is released or cancelled; `print <text>` prints its text, then does the same;
/// `json <document>` gives the document; `form <type> <text>` gives that form; `incomplete` fails as Scala
/// that goes on does; all else gives `ran <code>`.
package actor ScriptedDriver: SessionDriver {
  private var events: [DriverEvent] = []
  private let release: Latch
  private var seen: Set<StatementID> = []
  private var running: StatementID?
  private var cancelled: Set<StatementID> = []
  private var jobs: [JobNumber: JobReport] = [:]
  /// What was added last.
  private var addition = ""

  init(release: Latch) {
    self.release = release
    events = [DriverEvent(number: 1, what: .state(.idle))]
  }

  package func ping() async throws(LivyError) -> ApplicationFacts {
    ApplicationFacts(
      sparkVersion: "3.5.8", applicationID: "local-1", uiURL: "http://127.0.0.1:4040")
  }

  package func execute(_ request: ExecuteRequest) async throws(LivyError) {
    guard seen.insert(request.statement).inserted else { return }
    running = request.statement
    defer { running = nil }
    add(.state(.busy))
    add(.started(request.statement, atMilliseconds: 1_000))
    let isPrint = request.code.hasPrefix("print ")
    if isPrint {
      add(.printed(request.statement, offset: 0, text: String(request.code.dropFirst(6))))
    }
    if request.code == "hold" || isPrint {
      add(.progress(request.statement, fraction: 0.25))
      while !release.isOpen, !cancelled.contains(request.statement), !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(2))
      }
    }
    add(.state(.idle))
    let end: StatementEnd =
      cancelled.contains(request.statement)
      ? .cancelled(.failure(StatementFailure(name: "KeyboardInterrupt", value: "")))
      : .output(Self.output(of: request.code))
    add(.finished(request.statement, end, atMilliseconds: 2_000))
  }

  package func attach(epoch: UInt64) async throws(LivyError) -> DriverStanding {
    DriverStanding(state: .idle, lastEvent: UInt64(events.count), lastJob: JobNumber(0))
  }

  package func cancel(
    _ statement: StatementID, epoch: UInt64
  ) async throws(LivyError) -> StatementStage {
    if running == statement {
      cancelled.insert(statement)
      return .ran
    }
    guard seen.insert(statement).inserted else { return .over }
    add(.finished(statement, .cancelled(nil), atMilliseconds: 1_500))
    return .waited
  }

  /// Completes to the kind and what stands before the place.
  package func complete(_ request: CompletionRequest) async throws(LivyError) -> [String] {
    ["\(request.kind.rawValue):\(String(request.code.before(cursor: request.cursor)))"]
  }

  /// What a job comes to stands in its program: `raise` fails; `hold` runs until it is cancelled;
  /// `added` gives what was added last; all else gives itself.
  package func submit(_ job: Job, epoch: UInt64) async throws(LivyError) {
    switch String(decoding: job.program, as: UTF8.self) {
    case "raise": jobs[job.number] = .failed("Client job error:raise")
    case "hold": jobs[job.number] = .started
    case "added": jobs[job.number] = .succeeded(Array(addition.utf8))
    default: jobs[job.number] = .succeeded(job.program)
    }
  }

  package func run(_ job: Job, epoch: UInt64) async throws(LivyError) -> JobReport {
    try await submit(job, epoch: epoch)
    while let report = jobs[job.number], !report.isFinished, !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(1))
    }
    return jobs[job.number] ?? .cancelled
  }

  package func status(of job: JobNumber) async throws(LivyError) -> JobReport? { jobs[job] }

  package func cancel(_ job: JobNumber, epoch: UInt64) async throws(LivyError) {
    if jobs[job] == .started { jobs[job] = .cancelled }
  }

  /// Takes all but what is missing by its name.
  package func add(_ resource: AddedResource, epoch: UInt64) async throws(LivyError) {
    guard !resource.uri.contains("missing") else {
      throw LivyError(.driverRefused, "Spark did not take \(resource.uri): no such file")
    }
    switch resource {
    case .file(let uri): addition = "file \(uri)"
    case .jar(let uri): addition = "jar \(uri)"
    case .pythonFile(let uri): addition = "pythonFile \(uri)"
    }
  }

  package func watch(
    after: UInt64, epoch: UInt64, deliver: @escaping @Sendable (DriverEvent) async -> Void
  ) async throws(LivyError) {
    var sent = after
    while !Task.isCancelled {
      for event in events.dropFirst(Int(clamping: sent)) {
        await deliver(event)
        sent = event.number
      }
      try? await Task.sleep(for: .milliseconds(1))
    }
  }

  package func acknowledge(through number: UInt64) async throws(LivyError) {}

  package func endSession() async throws(LivyError) {}

  private func add(_ what: DriverEvent.What) {
    events.append(DriverEvent(number: UInt64(events.count) + 1, what: what))
  }

  private static func output(of code: String) -> StatementOutput {
    if code == "raise" {
      return .failure(
        StatementFailure(
          name: "NameError", value: "name 'x' is not defined",
          traceback: ["Traceback (most recent call last):\n", "NameError: x\n"]))
    }
    if code.hasPrefix("json ") {
      let part = OutputPart(mimeType: "application/json", content: .json(String(code.dropFirst(5))))
      return .success([part])
    }
    if code == "incomplete" {
      return .failure(StatementFailure(name: "Error", value: "incomplete statement"))
    }
    let words = code.split(separator: " ", maxSplits: 2)
    if words.count == 3, words[0] == "form" {
      return .success([OutputPart(mimeType: String(words[1]), content: .text(String(words[2])))])
    }
    return .success([.plain("ran \(code)")])
  }
}
