// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Livy's layout of a log, and the last words of an application.
enum SessionLog {
  /// `stdout: `, its lines, `\nstderr: `, its lines; then `note`, which tells why the session
  /// failed, since a REST session has no field for it.
  static func layout(_ log: ApplicationLog, note: String?) -> [String] {
    ["stdout: "] + log.standardOutput + ["\nstderr: "] + log.standardError
      + (note?.split(separator: "\n").map(String.init) ?? [])
  }

  /// The newest lines that say something: of stderr, where Spark writes; of stdout if there are
  /// none.
  static func lastLines(_ log: ApplicationLog, max: Int, lengthMax: Int) -> [String] {
    let errors = log.standardError.filter(saysSomething)
    let lines = errors.isEmpty ? log.standardOutput.filter(saysSomething) : errors
    return lines.suffix(Swift.max(0, max)).map { line in
      line.utf8.count > lengthMax ? String(line.prefix(lengthMax)) + " ..." : line
    }
  }

  private static func saysSomething(_ line: String) -> Bool {
    line.contains { !$0.isWhitespace }
  }
}
