// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer

/// `livy.server.pool.*`: drivers that are kept ready.
extension PoolSettings {
  init(_ sources: SettingSources) throws(LivyError) {
    self.init()
    size = try sources.number(.poolSize, in: 0...100)
    driversMax = try sources.number(.poolDrivers, in: 0...1_000)
    profilesPerOwnerMax = try sources.number(.poolProfiles, in: 1...100)
    unusedMax = try sources.duration(.poolUnused)
    // A driver's certificate lives for a day, and has to last for its session.
    ageMax = try sources.duration(.poolAge, in: .seconds(1)...Duration.seconds(12 * 3_600))
  }
}
