// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// What `--conf` says, given any number of times.
enum SparkConf {
  static func values(_ entries: [String]) throws -> [String: String] {
    var values: [String: String] = [:]
    for entry in entries {
      let halves = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, !halves[0].isEmpty else {
        throw ValidationError("--conf \(entry): write NAME=VALUE")
      }
      values[String(halves[0])] = String(halves[1])
    }
    return values
  }
}
