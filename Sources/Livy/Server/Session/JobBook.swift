// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// What a server knows of a session's jobs: which number comes next, and which jobs it is handing to
/// the driver. Everything else the driver knows.
struct JobBook: Sendable {
  private var last = JobNumber(0)
  /// Handed over, and not answered yet.
  private var outgoing: Set<JobNumber> = []
  /// The driver did not take these; why. The newest.
  private var refusals: [(number: JobNumber, reason: String)] = []
  private static let refusalsMax = 100

  /// Takes up a session whose driver has taken jobs up to `number` already.
  mutating func resume(after number: JobNumber) {
    last = max(last, number)
  }

  mutating func next() -> JobNumber {
    last = JobNumber(last.number &+ 1)
    outgoing.insert(last)
    return last
  }

  var outgoingCount: Int { outgoing.count }

  mutating func answered(_ number: JobNumber) {
    outgoing.remove(number)
  }

  mutating func refused(_ number: JobNumber, _ reason: String) {
    outgoing.remove(number)
    refusals.append((number, reason))
    if refusals.count > Self.refusalsMax { refusals.removeFirst() }
  }

  /// What is known of a job that the driver does not know.
  func standing(of number: JobNumber) -> JobStanding? {
    if outgoing.contains(number) { return .sent }
    return refusals.last { $0.number == number }.map { .reported(.failed($0.reason)) }
  }
}

/// How far a job is, as a client sees it.
package enum JobStanding: Equatable, Sendable {
  /// On its way to the driver.
  case sent
  case reported(JobReport)
}
