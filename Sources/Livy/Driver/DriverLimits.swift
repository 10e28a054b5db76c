// SPDX-License-Identifier: Apache-2.0

/// Every limit of this module, in one place; what the server sets is in `DriverSettings`.
package struct DriverLimits: Equatable, Sendable {
  /// Statements that wait for their turn; one more is refused with `.tooMany`.
  package var waitingStatementsMax = 10_000
  /// Bytes of code of all waiting statements together; what goes above is refused with `.tooMany`.
  package var waitingCodeBytesMax = 64 << 20
  /// Ids that never run and whose turn has not come; from here on only what runs can be cancelled.
  package var skippedStatementsMax = 100_000
  /// A cancelled statement's code gets so long to end by the end of its Spark jobs alone, before it
  /// is interrupted: code that is interrupted while it calls Spark ends less cleanly.
  package var interruptDelay: Duration = .milliseconds(500)
  /// Between two interrupts of the same statement.
  package var interruptInterval: Duration = .seconds(3)
  /// How often the jobs of a cancelled statement are still ended after its code: the JVM may be
  /// about to begin one that nobody waits for.
  package var lateJobRounds = 20
  /// Events that the server has not acknowledged. From here on progress is not told, and no further
  /// statement begins until the server acknowledges. What belongs to statements that began is
  /// always kept.
  package var eventsMax = 20_000
  /// Bytes of output in such events, with the same rule.
  package var eventBytesMax = 128 << 20
  /// What a statement prints is gathered for so long before it is told.
  package var printedDelay: Duration = .milliseconds(5)
  /// Bytes so gathered that are told at once.
  package var printedBytesMax = 64 << 10
  /// Jobs of a statement that one look at its progress asks Spark about; the newest count.
  package var jobsPerLookMax = 100
  /// Places that are completed at one time; one more gets no candidates.
  package var completionsMax = 16
  /// Candidates of one place; the first in order are kept.
  package var candidatesMax = 1_000

  package init() {}
}
