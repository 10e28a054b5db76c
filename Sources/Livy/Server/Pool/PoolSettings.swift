// SPDX-License-Identifier: Apache-2.0

/// How many drivers are kept ready, for what and for how long.
package struct PoolSettings: Equatable, Sendable {
  /// Drivers for each profile; none at all at 0 (`livy.server.pool.size`).
  package var size = 0
  /// Of all profiles together (`livy.server.pool.max-drivers`).
  package var driversMax = 8
  /// Profiles of one owner (`livy.server.pool.profiles-per-owner`).
  package var profilesPerOwnerMax = 2
  /// Profiles of all owners together.
  package var profilesMax = 64
  /// A profile that nobody has asked for so long is forgotten (`livy.server.pool.idle-timeout`).
  package var unusedMax: Duration = .seconds(30 * 60)
  /// A driver that has waited for so long is replaced (`livy.server.pool.max-age`).
  package var ageMax: Duration = .seconds(4 * 3_600)
  /// Drivers of a profile that may end by themselves, one after the other, before it is forgotten.
  package var lossesMax = 3
  /// Between two looks at the pool.
  package var interval: Duration = .seconds(1)

  package init() {}
}
