// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

/// Every state against every event. What the table does not name must change nothing.
@Suite struct BatchMachineTests {
  enum Place: CaseIterable {
    case created, launching, running, killing, ending, ended
  }

  enum Event: CaseIterable {
    case begin, adopted, launched, launchFailed, succeeded, failed, unseen, end
  }

  @Test("Every state and event", arguments: Place.allCases, Event.allCases)
  func table(_ place: Place, _ event: Event) {
    var machine = Self.machine(at: place)
    let before = machine
    let action = Self.send(event, to: &machine)
    guard let row = Self.rows[Pair(place, event)] else {
      #expect(action == .ignore)
      #expect(machine == before)
      return
    }
    #expect(action == row.action)
    #expect(machine.shownState == row.shown)
    #expect(machine.end == row.end)
    #expect(machine.isEnding == (row.end != nil))
  }

  @Test("One that is killed shows what it was until it is gone, then killed; a success stays one")
  func tornDown() {
    var killed = Self.machine(at: .running)
    _ = killed.end(.serverStopped)
    #expect(killed.shownState == .running)
    killed.tornDown()
    #expect(killed.shownState == .killed)

    var done = Self.machine(at: .running)
    _ = done.exited(.status(0), log: [])
    done.tornDown()
    #expect(done.shownState == .success)
    #expect(done.end?.words == nil)

    var alive = Self.machine(at: .running)
    alive.tornDown()
    #expect(alive == Self.machine(at: .running))
  }

  @Test("The last lines of a failure are kept")
  func lastLines() {
    var machine = Self.machine(at: .running)
    _ = machine.exited(.signal(9), log: ["a", "b"])
    #expect(machine.lastLines == ["a", "b"])
    #expect(machine.end?.words == "The batch ended with signal 9.")
  }

  @Test(
    "What each end shows for good",
    arguments: [
      (BatchEnd.requested, BatchState.killed), (.serverStopped, .killed), (.leftBehind, .killed),
      (.launchFailed("x"), .dead), (.exited(.status(0)), .success), (.exited(.status(1)), .dead),
      (.exited(.status(-1)), .dead), (.exited(.signal(15)), .dead), (.exited(.unseen), .dead),
    ])
  func ends(end: BatchEnd, state: BatchState) {
    #expect(end.state == state)
    #expect((end.words == nil) == (state == .success))
  }

  // MARK: The table

  private struct Pair: Hashable {
    var place: Place
    var event: Event

    init(_ place: Place, _ event: Event) {
      self.place = place
      self.event = event
    }
  }

  private struct Row {
    var action: BatchMachine.Action
    var shown: BatchState
    var end: BatchEnd?

    init(_ action: BatchMachine.Action, _ shown: BatchState, _ end: BatchEnd? = nil) {
      self.action = action
      self.shown = shown
      self.end = end
    }
  }

  private static let rows: [Pair: Row] = [
    Pair(.created, .begin): Row(.launch, .starting),
    Pair(.created, .adopted): Row(.watch, .running),
    Pair(.created, .end): Row(.tearDown, .starting, .requested),
    Pair(.launching, .launched): Row(.watch, .running),
    Pair(.launching, .launchFailed): Row(.tearDown, .dead, .launchFailed("no Java")),
    Pair(.launching, .end): Row(.tearDown, .starting, .requested),
    Pair(.running, .succeeded): Row(.tearDown, .success, .exited(.status(0))),
    Pair(.running, .failed): Row(.tearDown, .dead, .exited(.status(3))),
    Pair(.running, .unseen): Row(.tearDown, .dead, .exited(.unseen)),
    Pair(.running, .end): Row(.tearDown, .running, .requested),
  ]

  private static func machine(at place: Place) -> BatchMachine {
    var machine = BatchMachine()
    if place == .created { return machine }
    _ = machine.begin()
    if place == .launching { return machine }
    _ = machine.launched()
    switch place {
    case .created, .launching, .running: break
    case .killing: _ = machine.end(.serverStopped)
    case .ending: _ = machine.exited(.status(7), log: [])
    case .ended:
      _ = machine.exited(.status(7), log: [])
      machine.tornDown()
    }
    return machine
  }

  private static func send(_ event: Event, to machine: inout BatchMachine) -> BatchMachine.Action {
    switch event {
    case .begin: machine.begin()
    case .adopted: machine.adopted()
    case .launched: machine.launched()
    case .launchFailed: machine.launchFailed("no Java", log: [])
    case .succeeded: machine.exited(.status(0), log: [])
    case .failed: machine.exited(.status(3), log: [])
    case .unseen: machine.exited(.unseen, log: [])
    case .end: machine.end(.requested)
    }
  }
}
