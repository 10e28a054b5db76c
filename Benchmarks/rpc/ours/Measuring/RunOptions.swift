// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The words behind the program's name: a role, then `name=value` as often as need be.
struct RunOptions: Sendable {
  let role: String
  private let values: [String: String]

  init(_ words: [String]) throws(Failure) {
    guard words.count > 1 else { throw Failure("say what to do: server, tiers or a work") }
    role = words[1]
    var values: [String: String] = [:]
    for word in words.dropFirst(2) {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw Failure("\(word) is not name=value") }
      values[String(parts[0])] = String(parts[1])
    }
    self.values = values
  }

  func number(_ name: String, _ otherwise: Double) -> Double {
    values[name].flatMap(Double.init) ?? otherwise
  }

  func count(_ name: String, _ otherwise: Int) -> Int {
    Int(number(name, Double(otherwise)))
  }

  func text(_ name: String) -> String? { values[name] }

  var serverProcess: pid_t { pid_t(clamping: count("server", 0)) }

  /// The program's end, whatever became of the runner: the alarm's default is death.
  func limitLife() {
    _ = alarm(UInt32(clamping: count("life", 300)))
  }
}

/// Why the program gives up.
struct Failure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}
