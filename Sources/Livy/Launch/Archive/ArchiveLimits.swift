// SPDX-License-Identifier: Apache-2.0

/// What archives of classes may cost.
package struct ArchiveLimits: Equatable, Sendable {
  /// After the first need: the session that had it is through with its start by then.
  package var quietTime: Duration = .seconds(20)
  /// For one rehearsal; then it is killed.
  package var rehearsalTimeMax: Duration = .seconds(300)
  /// Archives that are kept; the one that was used longest ago goes first.
  package var archivesMax = 4
  /// All of them together, and so one of them.
  package var bytesMax: Int64 = 1 << 30
  /// What has to be free on the disk before one is made.
  package var freeBytesMin: Int64 = 2 << 30
  /// Archives that nobody has used for so long are removed.
  package var unusedMax: Duration = .seconds(30 * 86_400)
  /// More jars than these are no Spark.
  package var jarsMax = 5_000
  /// More files than these in a conf folder are not looked through.
  package var confFilesMax = 1_000
  /// From the end of a rehearsal's log, for the reason of its failure.
  package var reasonBytesMax = 2_000

  package init() {}
}
