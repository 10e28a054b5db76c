// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// How the newest finished jobs ended. The oldest are forgotten when there are too many, or when
/// their results take too much room; the newest is always kept.
struct FinishedJobs: Sendable {
  private let countMax: Int
  private let bytesMax: Int
  private var reports: [JobNumber: JobReport] = [:]
  /// In the order of their ends.
  private var order: [JobNumber] = []
  private var bytes = 0

  init(countMax: Int, bytesMax: Int) {
    self.countMax = countMax
    self.bytesMax = bytesMax
  }

  subscript(_ number: JobNumber) -> JobReport? { reports[number] }

  mutating func add(_ number: JobNumber, _ report: JobReport) {
    guard reports[number] == nil else { return }
    reports[number] = report
    order.append(number)
    bytes += Self.size(of: report)
    while order.count > 1, order.count > countMax || bytes > bytesMax {
      let oldest = order.removeFirst()
      if let report = reports.removeValue(forKey: oldest) { bytes -= Self.size(of: report) }
    }
  }

  private static func size(of report: JobReport) -> Int {
    switch report {
    case .queued, .started, .cancelled: 0
    case .succeeded(let result): result.count
    case .failed(let reason): reason.utf8.count
    }
  }
}

/// Which numbers were seen. Only so many are kept: every number up to the lowest of them counts as
/// seen.
struct SeenNumbers: Sendable {
  private let max: Int
  private var numbers: Set<JobNumber> = []
  private var floor = JobNumber(0)
  private(set) var highest = JobNumber(0)

  init(max: Int) {
    self.max = max
  }

  func contains(_ number: JobNumber) -> Bool {
    number <= floor || numbers.contains(number)
  }

  mutating func insert(_ number: JobNumber) {
    numbers.insert(number)
    highest = Swift.max(highest, number)
    guard numbers.count > max, let lowest = numbers.min() else { return }
    numbers.remove(lowest)
    floor = Swift.max(floor, lowest)
  }
}
