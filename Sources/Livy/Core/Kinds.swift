// SPDX-License-Identifier: Apache-2.0

/// What a statement is written in.
package enum StatementKind: String, CaseIterable, Sendable {
  case spark, pyspark, sparkr, sql

  /// Livy's names and their second names; case matters.
  package init?(name: String) {
    switch name {
    case "spark", "scala": self = .spark
    case "pyspark", "python": self = .pyspark
    case "sparkr", "r": self = .sparkr
    case "sql": self = .sql
    default: return nil
    }
  }
}

/// What a session runs when a statement names no kind of its own.
package enum SessionKind: Hashable, Sendable {
  case one(StatementKind)
  /// Every statement names its kind.
  case shared

  package init?(name: String) {
    if name == "shared" {
      self = .shared
    } else if let kind = StatementKind(name: name) {
      self = .one(kind)
    } else {
      return nil
    }
  }

  package var name: String {
    switch self {
    case .one(let kind): kind.rawValue
    case .shared: "shared"
    }
  }
}
