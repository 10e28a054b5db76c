// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Where the request log stands, and for how long.
struct RequestLogSettings: Equatable, Sendable {
  var folder: String
  /// Days for which a file is kept, with the day of writing.
  var days: Int
  /// Records that wait for the disk; beyond them requests are counted only.
  var waitingMax = 8192
  /// Records are written so long after the first of them, together.
  var gatherMilliseconds = 250

  init(folder: String, days: Int) {
    self.folder = folder
    self.days = days
  }

  /// Nil where the log is switched off.
  init?(_ sources: SettingSources, _ surroundings: Surroundings) throws(LivyError) {
    let days = try sources.number(.requestLogDays, in: 1...36_500)
    guard try sources.flag(.requestLog) else { return nil }
    self.init(folder: surroundings.logFolder, days: days)
  }
}
