// SPDX-License-Identifier: Apache-2.0

/// Every limit of this module, in one place; what the server sets is in `DriverSettings`.
package struct DriverLimits: Equatable, Sendable {
  /// Statements that wait for their turn; one more is refused with `.tooMany`.
  package var waitingStatementsMax = 10_000
  /// Bytes of code of all waiting statements together; what goes above is refused with `.tooMany`.
  package var waitingCodeBytesMax = 64 << 20
  /// Events that the server has not acknowledged. From here on progress is not told, and no further
  /// statement begins until the server acknowledges. What belongs to statements that began is
  /// always kept.
  package var eventsMax = 20_000
  /// Bytes of output in such events, with the same rule.
  package var eventBytesMax = 128 << 20
  /// Jobs of a statement that one look at its progress asks Spark about; the newest count.
  package var jobsPerLookMax = 100

  package init() {}
}
