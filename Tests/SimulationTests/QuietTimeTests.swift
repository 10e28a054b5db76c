// SPDX-License-Identifier: Apache-2.0

internal import Simulation
internal import Testing
internal import Transport

@testable internal import Wire

@Suite("Time on a quiet connection")
struct QuietTimeTests {
  @Test("A call's time counts from the moment it is made, although nothing was sent for long")
  func deadlineAfterSilence() async {
    let problems = await OwnThread.run { Self.run() }
    #expect(problems.isEmpty, "\(problems)")
  }

  /// Items come and nothing has to be said to them; the next call is made a second later.
  private static func run() -> [String] {
    let world = SimulatedWorld(seed: 7)
    let ledger = Ledger(world)
    let loop = world.makeLoop()
    let link = SimulatedLink(loop, loop, number: 0)
    var table = MethodTable()
    for shape in CallShapes.all { shape.serve(in: &table, ledger) }
    let ends = link.connections
    let near = SimulatedEnd(
      Connection(ends.near, side: .dialed), on: loop, link: 0, ledger)
    let far = SimulatedEnd(
      Connection(ends.far, side: .accepted, serving: table), on: loop, link: 0, ledger)
    var plan = CallPlan(
      id: 1, link: 0, caller: .dialed, shape: 1, start: .zero, requestBytes: 10, answerBytes: 10,
      items: 3, delay: .zero, ending: .answer, place: .preferring)
    let stream = plan
    plan.id = 2
    plan.shape = 0
    plan.delay = .milliseconds(100)
    plan.timeout = .milliseconds(500)
    let late = plan
    for end in [near, far] { loop.submit { end.assumeIsolated { $0.start() } } }
    world.after(.milliseconds(10), on: loop) { near.assumeIsolated { $0.begin(stream) } }
    world.after(.seconds(1), on: loop) { near.assumeIsolated { $0.begin(late) } }
    world.after(.seconds(5), on: loop) { near.assumeIsolated { $0.leave(.close) } }
    do throws(SimulatedWorld.Failure) {
      try world.run(for: .seconds(60))
    } catch {
      ledger.expect(false, "\(error)")
    }
    ledger.checkIsOver()
    for id in [1, 2] as [UInt64] {
      ledger.expect(ledger.entries[id]?.outcomes == [.answered], "call \(id) has no answer")
    }
    return ledger.problems
  }
}
