// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Which drivers are kept ready and for which profile, without clock, process or store.
///
///     asked for ──▶ profile is known ── unused, failed start, newer ones ──▶ forgotten
///                      │  ▲
///                start │  │ taken, lost, too old
///                      ▼  │
///                   starting ──▶ ready
///
/// A driver belongs to one profile, and a profile to one owner, from its start on; whoever takes it
/// takes it away, so nobody else can. Room is given to the profiles that were asked for last.
package struct PoolMachine: Sendable {
  private struct Driver {
    var tag: SessionUUID
    /// What its start has read that is not in the profile.
    var stamp: LaunchStamp
    /// Milliseconds since 1970.
    var begunAt: Int64
    var isReady = false
  }

  private struct Shelf {
    /// Counts the requests of all profiles.
    var asked: UInt64
    /// Milliseconds since 1970.
    var askedAt: Int64
    /// Oldest first.
    var drivers: [Driver] = []
    /// Drivers that ended by themselves since it was asked for.
    var losses = 0
  }

  package let settings: PoolSettings
  private var shelves: [SessionProfile: Shelf] = [:]
  /// Of no use any more, and still running.
  private var leaving: [SessionUUID] = []
  private var asked: UInt64 = 0

  package init(_ settings: PoolSettings) {
    self.settings = settings
  }

  // MARK: Requests

  package enum Answer: Equatable, Sendable {
    /// This driver is the caller's now.
    case take(SessionUUID)
    /// None is ready: start one of your own.
    case start
  }

  /// Somebody asks for a session of this profile. From here on drivers are kept for it.
  package mutating func ask(
    _ profile: SessionProfile, _ stamp: LaunchStamp, at now: Int64
  ) -> Answer {
    guard settings.size > 0 else { return .start }
    asked &+= 1
    var shelf = shelves[profile] ?? Shelf(asked: 0, askedAt: 0)
    shelf.asked = asked
    shelf.askedAt = now
    shelf.losses = 0
    // Their start has read what is not there any more.
    leaving += shelf.drivers.filter { $0.stamp != stamp }.map(\.tag)
    shelf.drivers.removeAll { $0.stamp != stamp }
    let index = shelf.drivers.firstIndex(where: \.isReady)
    let taken = index.map { shelf.drivers.remove(at: $0) }
    shelves[profile] = shelf
    forgetSurplus(of: profile.request.owner)
    return taken.map { .take($0.tag) } ?? .start
  }

  private mutating func forgetSurplus(of owner: String?) {
    let own = newestFirst.filter { $0.request.owner == owner }
    for profile in own.dropFirst(max(1, settings.profilesPerOwnerMax)) { forget(profile) }
    for profile in newestFirst.dropFirst(max(1, settings.profilesMax)) { forget(profile) }
  }

  /// Its start has failed, or cannot be tried: drivers are kept for it again when it is asked for.
  package mutating func forget(_ profile: SessionProfile) {
    leaving += shelves.removeValue(forKey: profile)?.drivers.map(\.tag) ?? []
  }

  private var newestFirst: [SessionProfile] {
    shelves.sorted { $0.value.asked > $1.value.asked }.map(\.key)
  }

  // MARK: Drivers

  package mutating func started(
    _ tag: SessionUUID, _ stamp: LaunchStamp, for profile: SessionProfile, at now: Int64
  ) {
    // Forgotten meanwhile.
    guard shelves[profile] != nil else { return leaving.append(tag) }
    shelves[profile]?.drivers.append(Driver(tag: tag, stamp: stamp, begunAt: now))
  }

  package mutating func ready(_ tag: SessionUUID) {
    // Taken or forgotten meanwhile: not found.
    for (profile, shelf) in shelves {
      guard let index = shelf.drivers.firstIndex(where: { $0.tag == tag }) else { continue }
      shelves[profile]?.drivers[index].isReady = true
    }
  }

  /// It has ended, or can never be ready.
  package mutating func lost(_ tag: SessionUUID) {
    leaving.removeAll { $0 == tag }
    for (profile, shelf) in shelves {
      guard let index = shelf.drivers.firstIndex(where: { $0.tag == tag }) else { continue }
      let wasReady = shelf.drivers[index].isReady
      shelves[profile]?.drivers.remove(at: index)
      shelves[profile]?.losses += 1
      if !wasReady || shelf.losses + 1 >= settings.lossesMax { forget(profile) }
    }
  }

  // MARK: The next step

  package enum Step: Equatable, Sendable {
    /// These are of no use any more.
    case end([SessionUUID])
    /// One driver for this profile; then ask again.
    case start(SessionProfile)
    case rest
  }

  package enum Surroundings: Sendable {
    /// A session of somebody's is starting: what the machine can do is his.
    case busy
    case quiet
  }

  package mutating func step(_ surroundings: Surroundings, at now: Int64) -> Step {
    for (profile, shelf) in shelves where isOver(shelf.askedAt, settings.unusedMax, now) {
      forget(profile)
    }
    for (profile, shelf) in shelves {
      let old = shelf.drivers.filter { $0.isReady && isOver($0.begunAt, settings.ageMax, now) }
      remove(old.map(\.tag), from: profile)
    }
    let rooms = rooms
    for (profile, room) in rooms {
      let drivers = shelves[profile]?.drivers ?? []
      // Those that were begun last go first.
      if drivers.count > room {
        remove(drivers.suffix(drivers.count - room).map(\.tag), from: profile)
      }
    }
    guard leaving.isEmpty else {
      defer { leaving = [] }
      return .end(leaving)
    }
    // One at a time.
    let isStarting = shelves.values.contains { $0.drivers.contains { !$0.isReady } }
    guard case .quiet = surroundings, !isStarting else { return .rest }
    let wanting = rooms.first { profile, room in (shelves[profile]?.drivers.count ?? 0) < room }
    return wanting.map { .start($0.0) } ?? .rest
  }

  private mutating func remove(_ tags: [SessionUUID], from profile: SessionProfile) {
    leaving += tags
    shelves[profile]?.drivers.removeAll { tags.contains($0.tag) }
  }

  /// How many drivers each profile may have, the one that was asked for last first.
  private var rooms: [(SessionProfile, Int)] {
    var left = settings.driversMax
    return newestFirst.map { profile in
      let room = max(0, min(settings.size, left))
      left -= room
      return (profile, room)
    }
  }

  private func isOver(_ since: Int64, _ limit: Duration, _ now: Int64) -> Bool {
    let (age, overflow) = now.subtractingReportingOverflow(since)
    return !overflow && age >= limit.milliseconds
  }

  /// Forgets everything; what still runs is to be ended.
  package mutating func close() -> [SessionUUID] {
    for profile in shelves.keys { forget(profile) }
    defer { leaving = [] }
    return leaving
  }

  /// Drivers that wait, and those in their start.
  package var counts: (ready: Int, starting: Int) {
    let drivers = shelves.values.flatMap(\.drivers)
    let ready = drivers.count(where: \.isReady)
    return (ready, drivers.count - ready)
  }
}
