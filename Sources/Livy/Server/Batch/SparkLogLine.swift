// SPDX-License-Identifier: Apache-2.0

/// Spark's own log lines, in the layout that it has unless an administrator changes it:
/// `24/03/01 12:00:00 INFO SparkContext: Invoking stop() from shutdown hook`.
enum SparkLogLine {
  private static let pattern = "00/00/00 00:00:00 "
  private static let routineLevels = ["INFO ", "DEBUG ", "TRACE "]

  /// Says nothing of a failure. Spark writes a dozen of these after an application's last words.
  static func isRoutine(_ line: String) -> Bool {
    let head = line.utf8.prefix(pattern.utf8.count)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isDated =
      head.count == pattern.utf8.count
      && zip(head, pattern.utf8).allSatisfy { byte, model in
        model == UInt8(ascii: "0") ? digits.contains(byte) : byte == model
      }
    let rest = Substring(line.utf8.dropFirst(pattern.utf8.count))
    return isDated && routineLevels.contains { rest.hasPrefix($0) }
  }
}
