// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

@Suite struct PoolMachineTests {
  static let stamp = LaunchStamp("a")

  static func settings(size: Int = 1, max: Int = 8) -> PoolSettings {
    var settings = PoolSettings()
    settings.size = size
    settings.driversMax = max
    settings.unusedMax = .seconds(60)
    settings.ageMax = .seconds(100)
    return settings
  }

  static func profile(
    _ owner: String? = "ann", _ change: (inout SessionRequest) -> Void = { _ in }
  ) -> SessionProfile {
    var request = SessionRequest()
    request.owner = owner
    change(&request)
    return SessionProfile(request)
  }

  /// A tag for each number.
  static func tag(_ number: Int) -> SessionUUID {
    let digits = String(number)
    let text = String(repeating: "0", count: 32 - digits.count) + digits
    guard let tag = SessionUUID(text) else { preconditionFailure("no tag \(text)") }
    return tag
  }

  /// Starts what the machine asks for until it rests; returns how many drivers that were.
  static func fill(_ machine: inout PoolMachine, from first: Int, at now: Int64 = 0)
    -> [SessionProfile]
  {
    var profiles: [SessionProfile] = []
    while case .start(let profile) = machine.step(.quiet, at: now) {
      let tag = tag(first + profiles.count)
      machine.started(tag, stamp, for: profile, at: now)
      machine.ready(tag)
      profiles.append(profile)
    }
    return profiles
  }

  @Test("Nothing is kept before somebody has asked, nor with size 0")
  func unasked() {
    var machine = PoolMachine(Self.settings())
    #expect(machine.step(.quiet, at: 0) == .rest)
    var off = PoolMachine(PoolSettings())
    #expect(off.ask(Self.profile(), Self.stamp, at: 0) == .start)
    #expect(off.step(.quiet, at: 0) == .rest)
  }

  @Test(
    "After the first request drivers are started one at a time; the oldest ready one is taken, once"
  )
  func life() {
    var machine = PoolMachine(Self.settings(size: 2))
    let profile = Self.profile()
    #expect(machine.ask(profile, Self.stamp, at: 0) == .start)
    #expect(machine.step(.busy, at: 0) == .rest)
    #expect(machine.step(.quiet, at: 0) == .start(profile))
    machine.started(Self.tag(1), Self.stamp, for: profile, at: 0)
    #expect(machine.step(.quiet, at: 0) == .rest)
    #expect(machine.ask(profile, Self.stamp, at: 0) == .start)
    machine.ready(Self.tag(1))
    #expect(machine.step(.quiet, at: 0) == .start(profile))
    machine.started(Self.tag(2), Self.stamp, for: profile, at: 1)
    machine.ready(Self.tag(2))
    #expect(machine.step(.quiet, at: 1) == .rest)
    #expect(machine.counts == (2, 0))
    #expect(machine.ask(profile, Self.stamp, at: 1) == .take(Self.tag(1)))
    #expect(machine.ask(profile, Self.stamp, at: 1) == .take(Self.tag(2)))
    #expect(machine.ask(profile, Self.stamp, at: 1) == .start)
    #expect(machine.step(.quiet, at: 1) == .start(profile))
  }

  /// What makes another start than the one that the driver had.
  static let others: [(String, @Sendable (inout SessionRequest) -> Void)] = [
    ("owner", { $0.owner = "bob" }),
    ("no owner", { $0.owner = nil }),
    ("proxy user", { $0.proxyUser = "bob" }),
    ("kind", { $0.kind = .one(.sql) }),
    ("queue", { $0.queue = "fast" }),
    ("conf", { $0.conf["spark.sql.shuffle.partitions"] = "7" }),
    ("other value", { $0.conf["spark.x"] = "2" }),
    ("Spark", { $0.conf[SparkChoice.confKey] = "other" }),
    ("limit", { $0.conf["livy.rsc.sql.num-rows"] = "7" }),
    ("driver memory", { $0.resources.driverMemory = "2g" }),
    ("driver cores", { $0.resources.driverCores = 2 }),
    ("executor memory", { $0.resources.executorMemory = "2g" }),
    ("executor cores", { $0.resources.executorCores = 2 }),
    ("executors", { $0.resources.executorCount = 2 }),
    ("jars", { $0.files.jars = ["file:///a.jar"] }),
    ("Python files", { $0.files.pythonFiles = ["file:///a.py"] }),
    ("files", { $0.files.files = ["file:///a"] }),
    ("archives", { $0.files.archives = ["file:///a.zip"] }),
  ]

  @Test("A driver is never taken for another owner or another start", arguments: others.indices)
  func foreign(_ index: Int) {
    var machine = PoolMachine(Self.settings())
    let own = Self.profile { $0.conf["spark.x"] = "1" }
    _ = machine.ask(own, Self.stamp, at: 0)
    #expect(Self.fill(&machine, from: 1) == [own])
    let other = Self.profile {
      $0.conf["spark.x"] = "1"
      Self.others[index].1(&$0)
    }
    #expect(other != own, "\(Self.others[index].0)")
    #expect(machine.ask(other, Self.stamp, at: 0) == .start, "\(Self.others[index].0)")
    #expect(machine.ask(own, Self.stamp, at: 0) == .take(Self.tag(1)), "\(Self.others[index].0)")
  }

  @Test("Name and limits of the session's life are no part of its start")
  func same() {
    let other = Self.profile {
      $0.name = "etl"
      $0.heartbeatTimeoutSeconds = 7
      $0.ttl = "1h"
      $0.idleTimeout = "2h"
    }
    #expect(other == Self.profile())
    #expect(Self.profile().request.name == "livy-session")
    let named = Self.profile { $0.conf["spark.app.name"] = "mine" }
    #expect(named.request.name == nil)
  }

  @Test("A driver whose start has read other files than a start would now is ended, not taken")
  func stamps() {
    var machine = PoolMachine(Self.settings())
    _ = machine.ask(Self.profile(), Self.stamp, at: 0)
    _ = Self.fill(&machine, from: 1)
    #expect(machine.ask(Self.profile(), LaunchStamp("b"), at: 0) == .start)
    #expect(machine.step(.quiet, at: 0) == .end([Self.tag(1)]))
    #expect(machine.step(.quiet, at: 0) == .start(Self.profile()))
  }

  @Test("Unused profiles are forgotten, old drivers replaced")
  func time() {
    var machine = PoolMachine(Self.settings())
    let profile = Self.profile()
    _ = machine.ask(profile, Self.stamp, at: 0)
    _ = Self.fill(&machine, from: 1)
    #expect(machine.step(.quiet, at: 59_999) == .rest)
    _ = machine.ask(Self.profile("bob"), Self.stamp, at: 59_999)
    #expect(machine.step(.busy, at: 60_000) == .end([Self.tag(1)]))
    #expect(Self.fill(&machine, from: 2, at: 60_000) == [Self.profile("bob")])
    _ = machine.ask(Self.profile("bob"), Self.stamp, at: 110_000)
    #expect(Self.fill(&machine, from: 3, at: 110_000) == [Self.profile("bob")])
    #expect(machine.step(.quiet, at: 169_999) == .rest)
    var old = PoolMachine(Self.settings())
    _ = old.ask(profile, Self.stamp, at: 0)
    _ = Self.fill(&old, from: 1)
    _ = old.ask(Self.profile("bob"), Self.stamp, at: 0)
    _ = Self.fill(&old, from: 2)
    var settings = Self.settings()
    settings.unusedMax = .seconds(1_000)
    var aged = PoolMachine(settings)
    _ = aged.ask(profile, Self.stamp, at: 0)
    _ = Self.fill(&aged, from: 1)
    #expect(aged.step(.quiet, at: 99_999) == .rest)
    #expect(aged.step(.quiet, at: 100_000) == .end([Self.tag(1)]))
    #expect(aged.step(.quiet, at: 100_000) == .start(profile))
    // A clock that was put back makes nothing old.
    #expect(old.step(.quiet, at: .min) == .rest)
  }

  @Test("Room goes to those who asked last, within the limits of all and of each owner")
  func room() {
    var machine = PoolMachine(Self.settings(size: 2, max: 3))
    let ann = Self.profile("ann")
    let bob = Self.profile("bob")
    _ = machine.ask(ann, Self.stamp, at: 0)
    #expect(Self.fill(&machine, from: 1) == [ann, ann])
    _ = machine.ask(bob, Self.stamp, at: 1)
    // Ann's younger one makes room.
    #expect(machine.step(.busy, at: 1) == .end([Self.tag(2)]))
    #expect(Self.fill(&machine, from: 3) == [bob, bob])
    #expect(machine.counts == (3, 0))
    let second = Self.profile("ann") { $0.queue = "2" }
    let third = Self.profile("ann") { $0.queue = "3" }
    _ = machine.ask(second, Self.stamp, at: 2)
    _ = machine.ask(third, Self.stamp, at: 3)
    // The third profile of one owner drives out her first, and both drive out Bob's.
    guard case .end(let ended) = machine.step(.quiet, at: 3) else {
      Issue.record("nothing ends")
      return
    }
    #expect(Set(ended) == [Self.tag(1), Self.tag(3), Self.tag(4)])
    #expect(Self.fill(&machine, from: 5) == [third, third, second])
  }

  @Test("A start that fails is not tried again before somebody asks; three losses end the patience")
  func losses() {
    var machine = PoolMachine(Self.settings())
    let profile = Self.profile()
    _ = machine.ask(profile, Self.stamp, at: 0)
    machine.started(Self.tag(1), Self.stamp, for: profile, at: 0)
    machine.lost(Self.tag(1))
    #expect(machine.step(.quiet, at: 0) == .rest)
    _ = machine.ask(profile, Self.stamp, at: 0)
    for number in 2...4 {
      #expect(Self.fill(&machine, from: number) == [profile])
      machine.lost(Self.tag(number))
    }
    #expect(machine.step(.quiet, at: 0) == .rest)
  }

  @Test("A start that comes when its profile is forgotten is ended; what is closed gives all back")
  func late() {
    var machine = PoolMachine(Self.settings())
    let profile = Self.profile()
    _ = machine.ask(profile, Self.stamp, at: 0)
    machine.forget(profile)
    machine.started(Self.tag(1), Self.stamp, for: profile, at: 0)
    machine.ready(Self.tag(1))
    #expect(machine.counts == (0, 0))
    #expect(machine.step(.quiet, at: 0) == .end([Self.tag(1)]))
    _ = machine.ask(profile, Self.stamp, at: 0)
    _ = Self.fill(&machine, from: 2)
    #expect(machine.close() == [Self.tag(2)])
    #expect(machine.close() == [])
    #expect(machine.step(.quiet, at: 0) == .rest)
  }
}
