// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// When a session ends by itself, in words.
enum ExpiryText {
  /// `in 58 min if nobody uses it`
  static func words(_ expiry: SessionPhases.Expiry, now: Int64) -> String {
    let (left, overflows) = expiry.at.subtractingReportingOverflow(now)
    return "\(span(overflows ? .max : left)) \(condition(expiry.cause))"
  }

  private static func condition(_ cause: String) -> String {
    switch cause {
    case "idle": "if nobody uses it"
    case "ttl": "in any case (ttl)"
    case "heartbeat": "if its client does not ask for it (heartbeat)"
    default: "(\(cause))"
    }
  }

  /// The two largest units, rounded down. The server looks now and then only, and its clock may
  /// differ from ours, so a time that has passed is no contradiction.
  static func span(_ milliseconds: Int64) -> String {
    guard milliseconds > 0 else { return "any moment" }
    let seconds = milliseconds / 1_000
    let minutes = seconds / 60
    let hours = minutes / 60
    let days = hours / 24
    return switch seconds {
    case ..<60: "in \(seconds) s"
    case ..<3_600: "in \(minutes) min"
    case ..<86_400: "in \(hours) h \(minutes % 60) min"
    default: "in \(days) d \(hours % 24) h"
    }
  }
}
