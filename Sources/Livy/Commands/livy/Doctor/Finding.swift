// SPDX-License-Identifier: Apache-2.0

/// What `livy doctor` found out about one thing.
struct Finding: Equatable, Sendable {
  enum Verdict: String, Sendable {
    case fine = "ok"
    /// It may do; a person should look.
    case doubtful = "look"
    /// Without it nothing runs.
    case missing = "FAIL"
  }

  var subject: String
  var verdict: Verdict
  /// What was found, and where.
  var detail: String
  /// What to do about it.
  var remedy: String?

  static func fine(_ subject: String, _ detail: String) -> Finding {
    Finding(subject: subject, verdict: .fine, detail: detail)
  }

  static func doubtful(_ subject: String, _ detail: String, mend remedy: String) -> Finding {
    Finding(subject: subject, verdict: .doubtful, detail: detail, remedy: remedy)
  }

  static func missing(_ subject: String, _ detail: String, mend remedy: String) -> Finding {
    Finding(subject: subject, verdict: .missing, detail: detail, remedy: remedy)
  }
}
