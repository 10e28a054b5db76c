// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Livy's layout of a log, and the last words of an application.
package enum SessionLog {
  /// `stdout: `, its lines, `\nstderr: `, its lines; then `note`, which tells why the session
  /// failed, since a REST session has no field for it.
  static func layout(_ log: ApplicationLog, note: String?) -> [String] {
    ["stdout: "] + log.standardOutput + ["\nstderr: "] + log.standardError
      + (note?.split(separator: "\n").map(String.init) ?? [])
  }

  /// The newest lines that say something: of stderr, where Spark writes, then of stdout, where
  /// Spark puts what the driver writes. Each has half of the room, and what the other leaves.
  package static func lastLines(_ log: ApplicationLog, max: Int, lengthMax: Int) -> [String] {
    let max = Swift.max(0, max)
    let errors = log.standardError.filter(saysSomething)
    let output = log.standardOutput.filter(saysSomething)
    let outputCount = min(output.count, Swift.max(max / 2, max - errors.count))
    let lines = errors.suffix(max - outputCount) + output.suffix(outputCount)
    return lines.map { line in
      line.utf8.count > lengthMax ? String(line.prefix(lengthMax)) + " ..." : line
    }
  }

  private static func saysSomething(_ line: String) -> Bool {
    line.contains { !$0.isWhitespace }
  }
}
