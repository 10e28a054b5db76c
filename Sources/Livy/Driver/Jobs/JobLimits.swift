// SPDX-License-Identifier: Apache-2.0

/// Every limit of jobs in a driver.
package struct JobLimits: Equatable, Sendable {
  /// Jobs that wait, in both lines together; one more is refused with `.tooMany`.
  package var waitingMax = 1_000
  /// Bytes of one program; a larger one is refused with `.invalidRequest`.
  package var programBytesMax = 32 << 20
  /// Bytes of all waiting programs together; what goes above is refused with `.tooMany`.
  package var waitingBytesMax = 128 << 20
  /// Newest finished jobs whose end is kept.
  package var finishedMax = 100
  /// Bytes of results and errors that are kept; the oldest are forgotten first, the newest never.
  package var finishedBytesMax = 128 << 20
  /// Numbers that are known to have been seen. One that comes after so many higher ones counts as
  /// seen.
  package var numbersMax = 10_000
  /// A cancelled job's process is asked to break off so often.
  package var interruptInterval: Duration = .seconds(1)

  package init() {}
}
