// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// All tests here start real servers and real Spark. They run one after another, and only where
/// `scripts/tiers.sh` has set the environment for them.
@Suite("With real Spark", .serialized, .enabled(if: Surroundings.isChosen))
enum Integration {}

/// What the tests find around them.
enum Surroundings {
  private static let environment = ProcessInfo.processInfo.environment

  static var isChosen: Bool { ["integration", "clients"].contains(environment["LIVY_TEST_TIER"]) }

  /// Whether the clients are run that take too long for each change.
  static var areSlowClientsChosen: Bool { environment["LIVY_TEST_TIER"] == "clients" }

  /// The value of a variable that `scripts/tiers.sh` sets.
  static func value(_ name: String) throws -> String {
    try #require(environment[name], "\(name) is not set; see scripts/tiers.sh")
  }

  /// The value of a variable that makes a test longer or shorter; nil where it is not set.
  static func number(_ name: String) -> Int? {
    environment[name].flatMap { Int($0) }
  }

  /// What every started program gets: ours, without what is meant for the tests or for another
  /// server.
  static var forPrograms: [String: String] {
    environment.filter { !$0.key.hasPrefix("LIVY_") }
  }
}

/// How driver and server come together; the same must hold for both.
enum Channel: String, CaseIterable, Sendable {
  case dialIn = "dial-in"
  case connectBack = "connect-back"

  var setting: [String: String] { ["livy.rsc.channel": rawValue] }
}
