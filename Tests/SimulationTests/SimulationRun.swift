// SPDX-License-Identifier: Apache-2.0

internal import Simulation
internal import TestSupport
internal import Transport

@testable internal import Wire

/// One run: a world, links, programs on both sides of each, faults; all from one seed.
struct SimulationRun {
  struct Report {
    var hash: UInt64 = 0
    var events = 0
    var calls = 0
    /// Calls that brought their answer.
    var answers = 0
    var problems: [String] = []
    var lines: [String] = []
  }

  private struct Link {
    var network: SimulatedLink
    var near: SimulatedEnd
    var far: SimulatedEnd
  }

  private struct Watched {
    weak var object: AnyObject?
    var name: String
  }

  /// Of all contents of a run together: few bytes pass in small pieces, many in large ones.
  private static let contentBytesMax = (narrow: 48 << 10, wide: 1 << 20)
  /// Longer than any call, drain, linger or wait for a silent peer lasts.
  private static let patience = Duration.seconds(120)

  private let world: SimulatedWorld
  private let ledger: Ledger
  private let process = ProcessBudget(bytesMax: 1 << 30)
  private var loops: [SimulatedLoop] = []
  private var links: [Link] = []
  private let isWide: Bool

  /// Runs to the end, on the calling thread.
  static func report(seed: UInt64, keepsLines: Bool = false) -> Report {
    let world = SimulatedWorld(seed: seed, keepsLines: keepsLines)
    let ledger = Ledger(world)
    let process: ProcessBudget
    do {
      var run = SimulationRun(world, ledger)
      process = run.process
      let watched = run.live()
      run.links = []
      world.onTurnEnd = nil
      for item in watched {
        ledger.expect(item.object == nil, "\(item.name) is still there at the end")
      }
    }
    ledger.expect(process.usedBytes == 0, "\(process.usedBytes) bytes are left of all messages")
    let answers = ledger.entries.values.count { $0.outcomes.first == .answered }
    return Report(
      hash: world.log.hash, events: world.log.count, calls: ledger.entries.count,
      answers: answers, problems: ledger.problems, lines: world.log.lines)
  }

  private init(_ world: SimulatedWorld, _ ledger: Ledger) {
    self.world = world
    self.ledger = ledger
    isWide = world.random.chance(10)
  }

  private mutating func live() -> [Watched] {
    build()
    // One after the other, since all in each turn would take a third of the time.
    let audited = links.flatMap { [$0.near.connection, $0.far.connection] }
    var turns = 0
    world.onTurnEnd = { [world, ledger] in
      turns += 1
      for violation in audited[turns % audited.count].audit(in: world)?.violations ?? [] {
        ledger.expect(false, violation)
      }
    }
    plan()
    do throws(SimulatedWorld.Failure) {
      try world.run(for: Self.patience)
      settle()
      for index in links.indices { leave(index, after: .zero) }
      try world.run(for: Self.patience)
    } catch {
      ledger.expect(false, "\(error)")
    }
    return finish()
  }

  // MARK: Before

  private mutating func build() {
    for _ in 0..<Int.random(in: 1...3, using: &world.random) { loops.append(world.makeLoop()) }
    for number in 0..<Int.random(in: 1...3, using: &world.random) {
      let network = SimulatedLink(
        anyLoop(), anyLoop(), number: number, weather: .random(isWide: isWide, &world.random))
      var table = MethodTable()
      for shape in CallShapes.all { shape.serve(in: &table, ledger) }
      let limits = RandomLimits.draw(&world.random)
      if limits.isTight { ledger.tight.insert(number) }
      let ends = network.connections
      let near = Connection(
        ends.near, side: .dialed, serving: table, limits: limits.near, process: process)
      let far = Connection(
        ends.far, side: .accepted, serving: table, limits: limits.far, process: process)
      links.append(
        Link(
          network: network, near: SimulatedEnd(near, on: anyLoop(), link: number, ledger),
          far: SimulatedEnd(far, on: anyLoop(), link: number, ledger)))
    }
  }

  private func anyLoop() -> SimulatedLoop {
    loops.randomElement(using: &world.random) ?? world.makeLoop()
  }

  private func plan() {
    for link in links {
      for end in [link.near, link.far] {
        world.after(world.random.duration(.zero ... .milliseconds(5)), on: end.loop) {
          end.assumeIsolated { $0.start() }
        }
      }
    }
    var bytesLeft = isWide ? Self.contentBytesMax.wide : Self.contentBytesMax.narrow
    for id in 1...UInt64.random(in: 2...24, using: &world.random) {
      let plan = CallPlan.random(
        id: id, links: links.count, bytesLeft: &bytesLeft, &world.random)
      let end = plan.caller == .dialed ? links[plan.link].near : links[plan.link].far
      world.after(plan.start, on: end.loop) { end.assumeIsolated { $0.begin(plan) } }
    }
    for index in links.indices { trouble(index) }
  }

  /// What befalls a link while its calls are under way.
  private func trouble(_ index: Int) {
    if world.random.chance(25) {
      leave(index, after: world.random.duration(.zero ... .milliseconds(500)))
    }
    guard world.random.chance(35) else { return }
    let fault = SimulatedLink.Fault.allCases.randomElement(using: &world.random) ?? .reset
    let delay = world.random.duration(.zero ... .milliseconds(500))
    let (network, ledger) = (links[index].network, ledger)
    world.after(delay, on: anyLoop()) {
      // A stall ends by itself, and before a peer counts as dead.
      if fault != .stall { ledger.disturbed.insert(index) }
      network.suffer(fault)
    }
  }

  private func leave(_ index: Int, after delay: Duration) {
    let end = world.random.chance(50) ? links[index].near : links[index].far
    let farewells: [Farewell] = [
      .goAway, .close, .drain(within: world.random.duration(.zero ... .seconds(5))),
    ]
    let farewell = farewells.randomElement(using: &world.random) ?? .close
    world.after(delay, on: end.loop) { end.assumeIsolated { $0.leave(farewell) } }
  }

  // MARK: After

  /// All calls are over; links that nothing happened to are still there, and their books agree.
  private func settle() {
    ledger.checkIsOver()
    for (index, link) in links.enumerated() {
      guard let near = link.near.connection.audit(in: world),
        let far = link.far.connection.audit(in: world)
      else { continue }
      for remains in near.remains + far.remains {
        ledger.expect(false, "link \(index): \(remains) after all calls are over")
      }
      guard !ledger.disturbed.contains(index) else { continue }
      ledger.expect(
        near.sendCredit == far.receiveCredit && far.sendCredit == near.receiveCredit,
        "link \(index): the two ends do not agree on credit: \(near), \(far)")
    }
  }

  private func finish() -> [Watched] {
    ledger.expect(world.isQuiet, "something is still to happen after the end")
    for index in links.indices {
      let ends = ledger.connectionEnds[index] ?? []
      ledger.expect(ends.count == 2, "link \(index): \(ends.count) ends of 2")
    }
    return links.enumerated().flatMap { index, link in
      [
        Watched(object: link.near, name: "near end \(index)"),
        Watched(object: link.far, name: "far end \(index)"),
        Watched(object: link.near.connection, name: "near connection \(index)"),
        Watched(object: link.far.connection, name: "far connection \(index)"),
        Watched(object: link.network.near, name: "near stream \(index)"),
        Watched(object: link.network.far, name: "far stream \(index)"),
      ]
    }
  }
}
