// SPDX-License-Identifier: Apache-2.0

/// A span of time as Livy's settings and requests write it: `90s`, `10 min`, `1h`; digits alone are
/// milliseconds.
package enum TimeString {
  /// Milliseconds of each suffix; microseconds are rounded down.
  private static let milliseconds: [String: (times: Int64, over: Int64)] = [
    "us": (1, 1_000), "ms": (1, 1), "": (1, 1), "s": (1_000, 1), "m": (60_000, 1),
    "min": (60_000, 1), "h": (3_600_000, 1), "d": (86_400_000, 1),
  ]

  package static func parse(_ text: String) throws(LivyError) -> Duration {
    let trimmed = text.lowercased().drop { $0 == " " }
    let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
    let suffix = trimmed.dropFirst(digits.count).drop { $0 == " " }.prefix { $0 != " " }
    if trimmed.hasPrefix("-") { throw LivyError(.invalidRequest, "Invalid value: \(trimmed)") }
    guard !digits.isEmpty, suffix.allSatisfy({ $0.isASCII && $0.isLetter }) else {
      throw LivyError(.invalidRequest, "Invalid time string: \(text)")
    }
    guard let unit = milliseconds[String(suffix)] else {
      throw LivyError(.invalidRequest, "Invalid suffix: \"\(suffix)\"")
    }
    guard let number = Int64(digits) else {
      throw LivyError(.invalidRequest, "Invalid time string: \(text)")
    }
    let (product, overflows) = number.multipliedReportingOverflow(by: unit.times)
    guard !overflows else { throw LivyError(.invalidRequest, "Invalid time string: \(text)") }
    return .milliseconds(product / unit.over)
  }
}
