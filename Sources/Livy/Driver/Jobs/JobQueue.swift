// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The jobs of a session, without what runs them. Each of two lines runs its jobs one after the
/// other, in the order in which they came: those that were submitted, and beside them those that
/// somebody waits for.
///
///     waiting --take--> running --finish--> finished(succeeded | failed | cancelled)
///        |                 '--cancel--> cancelling --finish--> finished(cancelled)
///        '--cancel, end, fail--> finished
///
/// Nothing is taken before `open`. A number that was seen before changes nothing; numbers may come
/// in any order and with gaps.
package struct JobQueue: Sendable {
  package enum Line: CaseIterable, Sendable {
    case submitted
    /// Beside the queue: somebody waits for it.
    case direct
  }

  private enum Phase: Equatable {
    case starting
    case open
    /// No job can ever run; why.
    case failed(String)
    case ended
  }

  private struct Running {
    var number: JobNumber
    var isCancelling = false
  }

  private let limits: JobLimits
  private var phase: Phase = .starting
  private var waiting: [Line: [Job]] = [:]
  private var waitingBytes = 0
  private var running: [Line: Running] = [:]
  private var finished: FinishedJobs
  private var numbers: SeenNumbers

  package init(limits: JobLimits = JobLimits()) {
    self.limits = limits
    finished = FinishedJobs(countMax: limits.finishedMax, bytesMax: limits.finishedBytesMax)
    numbers = SeenNumbers(max: limits.numbersMax)
  }

  /// The highest number that was taken; 0 for none.
  package var last: JobNumber { numbers.highest }

  package var isEnded: Bool { phase == .ended }

  package enum Acceptance: Equatable {
    case taken
    /// Seen before: nothing changes.
    case known
    /// The program is larger than any may be.
    case tooLarge
    /// Too many wait, or too much.
    case full
    case ended
  }

  /// A new job. After `.taken` ask `take`.
  package mutating func accept(_ job: Job, on line: Line) -> Acceptance {
    if phase == .ended { return .ended }
    if numbers.contains(job.number) { return .known }
    guard job.program.count <= limits.programBytesMax else { return .tooLarge }
    guard waiting.values.reduce(0, { $0 + $1.count }) < limits.waitingMax,
      job.program.count <= limits.waitingBytesMax - waitingBytes
    else { return .full }
    numbers.insert(job.number)
    if case .failed(let reason) = phase {
      finished.add(job.number, .failed(reason))
    } else {
      waiting[line, default: []].append(job)
      waitingBytes += job.program.count
    }
    return .taken
  }

  /// The Spark session exists: jobs may run.
  package mutating func open() {
    if phase == .starting { phase = .open }
  }

  /// The Spark session will never exist: every job fails.
  package mutating func fail(_ reason: String) {
    guard phase == .starting else { return }
    phase = .failed(reason)
    finishWaiting(.failed(reason))
  }

  /// Nothing begins any more; what waits is cancelled.
  package mutating func end() {
    phase = .ended
    finishWaiting(.cancelled)
  }

  /// What the runner of a line does next; nil when there is nothing to do now.
  package mutating func take(from line: Line) -> Job? {
    guard phase == .open, running[line] == nil, var jobs = waiting[line], !jobs.isEmpty else {
      return nil
    }
    let job = jobs.removeFirst()
    waiting[line] = jobs
    waitingBytes -= job.program.count
    running[line] = Running(number: job.number)
    return job
  }

  /// The running job of a line came to its end; a cancelled one is cancelled, whatever it came to.
  package mutating func finish(_ line: Line, _ report: JobReport) {
    guard let job = running.removeValue(forKey: line) else { return }
    finished.add(job.number, job.isCancelling ? .cancelled : report)
  }

  /// A waiting job never runs. A running one is marked: whoever runs it asks `isCancelling`.
  package mutating func cancel(_ number: JobNumber) {
    for line in Line.allCases {
      if running[line]?.number == number { running[line]?.isCancelling = true }
      guard let index = waiting[line]?.firstIndex(where: { $0.number == number }),
        let job = waiting[line]?.remove(at: index)
      else { continue }
      waitingBytes -= job.program.count
      finished.add(number, .cancelled)
    }
  }

  package func isCancelling(_ number: JobNumber) -> Bool {
    running.values.contains { $0.number == number && $0.isCancelling }
  }

  /// Nil for a job that was never seen, or is no longer kept.
  package func report(of number: JobNumber) -> JobReport? {
    if let report = finished[number] { return report }
    if running.values.contains(where: { $0.number == number }) { return .started }
    return waiting.values.joined().contains { $0.number == number } ? .queued : nil
  }

  private mutating func finishWaiting(_ report: JobReport) {
    for line in Line.allCases {
      for job in waiting[line] ?? [] { finished.add(job.number, report) }
      waiting[line] = nil
    }
    waitingBytes = 0
  }
}
