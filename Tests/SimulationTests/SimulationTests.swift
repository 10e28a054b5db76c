// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Testing

/// Two and more ends over a network that delays, splits, stalls and breaks, with programs on both
/// sides, checked against a model.
///
///     LIVY_SIM_SEED=42 swift test --filter SimulationTests     one seed, with all that happened
///     LIVY_SIM_SEEDS=100000 swift test --filter SimulationTests
@Suite("Simulation")
struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seedsDefault: UInt64 = 2_000

  private static var seeds: Range<UInt64> {
    let count = environment["LIVY_SIM_SEEDS"].flatMap(UInt64.init) ?? seedsDefault
    let first = environment["LIVY_SIM_FIRST"].flatMap(UInt64.init) ?? 0
    return first..<first + count
  }

  @Test("Each call ends once and rightly, whatever the network does")
  func seeds() async {
    if let seed = Self.environment["LIVY_SIM_SEED"].flatMap(UInt64.init) {
      let report = await OwnThread.run { SimulationRun.report(seed: seed, keepsLines: true) }
      for line in report.lines { print(line) }
      expectNoProblem(in: report, of: seed)
      return
    }
    let totals = await OwnThread.run { Self.totals(of: Self.seeds) }
    for (seed, report) in totals.failed { expectNoProblem(in: report, of: seed) }
    // A world in which nothing works would break no rule.
    #expect(totals.answers * 3 > totals.calls, "\(totals.answers) of \(totals.calls) were answered")
  }

  @Test("The same seed gives the same run")
  func determinism() async {
    let seeds = Self.seeds.prefix(20)
    let differing = await OwnThread.run {
      seeds.filter { seed in
        SimulationRun.report(seed: seed).hash != SimulationRun.report(seed: seed).hash
      }
    }
    #expect(differing.isEmpty)
    let hashes = await OwnThread.run { Set(seeds.map { SimulationRun.report(seed: $0).hash }) }
    #expect(hashes.count == seeds.count)
  }

  private struct Totals: Sendable {
    var calls = 0
    var answers = 0
    var failed: [(seed: UInt64, report: SimulationRun.Report)] = []
  }

  /// Stops after a few seeds that failed.
  private static func totals(of seeds: Range<UInt64>) -> Totals {
    var totals = Totals()
    for seed in seeds where totals.failed.count < 5 {
      let report = SimulationRun.report(seed: seed)
      totals.calls += report.calls
      totals.answers += report.answers
      if !report.problems.isEmpty { totals.failed.append((seed, report)) }
    }
    return totals
  }

  private func expectNoProblem(in report: SimulationRun.Report, of seed: UInt64) {
    let problems = report.problems.prefix(10).joined(separator: "\n")
    #expect(
      report.problems.isEmpty,
      "seed \(seed) failed; alone: LIVY_SIM_SEED=\(seed) swift test --filter SimulationTests\n\(problems)"
    )
  }
}

/// A thread for work that must not be shared with other tasks.
enum OwnThread {
  static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      let thread = Thread { continuation.resume(returning: body()) }
      thread.stackSize = 16 << 20
      thread.start()
    }
  }
}
