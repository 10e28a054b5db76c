// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyLaunch

/// `livy.server.cds.*`: archives of Spark's classes.
struct ArchiveSettings: Sendable {
  /// Where they lie.
  var folder: String
  var limits = ArchiveLimits()

  /// Nil where none are used.
  init?(_ sources: SettingSources, _ surroundings: Surroundings) throws(LivyError) {
    guard try sources.flag(.archives) else { return nil }
    limits.quietTime = try sources.duration(.archiveDelay)
    folder = sources.text(.archiveFolder) ?? surroundings.archiveFolder
    guard !DriverArchives.canUse(folder) else { return }
    // Where nobody chose the folder, it is no mistake of anybody's.
    guard sources.text(.archiveFolder) != nil else { return nil }
    throw LivyError(
      .configuration,
      "livy.server.cds.folder is \"\(folder)\"; write an absolute path of letters, digits and /._-+@=,"
    )
  }
}
