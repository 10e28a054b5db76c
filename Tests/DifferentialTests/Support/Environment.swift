// SPDX-License-Identifier: Apache-2.0

internal import Foundation

enum Environment {
  static let tier = ProcessInfo.processInfo.environment["LIVY_TEST_TIER"]

  /// How many random messages of each type a test makes.
  static let rounds =
    ProcessInfo.processInfo.environment["LIVY_DIFFERENTIAL_ROUNDS"].flatMap { Int($0) } ?? 25
}
