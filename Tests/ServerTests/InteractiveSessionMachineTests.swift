// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

private typealias Machine = InteractiveSessionMachine

/// Every state against every event. What the table does not name must change nothing.
@Suite struct InteractiveSessionMachineTests {
  enum Place: CaseIterable {
    case created, launching, submitted, accepted, connected, ready
    case awayEarly, away, recoveringEarly, recovering, losingProcess
    case endingWanted, endingFailed, ended
  }

  enum Event: CaseIterable {
    case begin, launched, enrolled, connected, pinged
    case recover, recoverEarly, returned, returnOverdue, driverUnusable
    case launchFailed, driverFailed, submittingTooLong, acceptedTooLong, connectedTooLong
    case exited, driverLost, farewellOver, end
  }

  @Test("A session gives its driver away once, and only when it is idle; then nothing touches it")
  func handOver() {
    var machine = InteractiveSessionMachine()
    #expect(machine.handOver() == false)
    for step in [
      machine.begin(), machine.launched(), machine.enrolled(), machine.connected(),
      machine.pinged(),
    ] {
      #expect(step != .ignore)
      #expect(!machine.isHandedOver)
    }
    #expect(machine.handOver() == false)
    machine.interpreter(.busy)
    #expect(machine.handOver() == false)
    machine.interpreter(.idle)
    #expect(machine.handOver() == true)
    #expect(machine.handOver() == false)
    #expect(machine.isHandedOver)
    #expect(machine.exited(.status(0), log: []) == .ignore)
    #expect(machine.driverLost("cut", log: []) == .ignore)
    #expect(machine.driverUnusable("odd", log: []) == .ignore)
    #expect(machine.end(.requested) == .ignore)
    #expect(machine.returned(.idle) == .ignore)
    machine.interpreter(.error)
    machine.tornDown()
    #expect(machine.isHandedOver && !machine.isEnding && machine.end == nil)
    #expect(!machine.talks && !machine.takesStatements)
  }

  @Test(
    "A session with a driver of the pool is idle from its beginning, unless it was ended before")
  func takeOver() {
    var machine = InteractiveSessionMachine()
    #expect(machine.takeOver() == .converse)
    #expect(machine.shownState == .idle && machine.talks && machine.takesStatements)
    #expect(machine.begin() == .ignore)
    #expect(machine.takeOver() == .ignore)
    #expect(machine.driverLost("cut", log: []) == .awaitReturn(.cut))
    var ended = InteractiveSessionMachine()
    #expect(ended.end(.requested) == .tearDown(.atOnce))
    #expect(ended.takeOver() == .ignore)
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
    var action: Machine.Action
    var shown: SessionState
    var end: SessionEnd?
    init(_ action: Machine.Action, _ shown: SessionState, _ end: SessionEnd? = nil) {
      self.action = action
      self.shown = shown
      self.end = end
    }
  }

  private static let exit = ApplicationExit.status(1)

  private static let rows: [Pair: Row] = [
    Pair(.created, .begin): Row(.launch, .starting),
    Pair(.created, .end): Row(.tearDown(.atOnce), .shuttingDown, .requested),

    Pair(.launching, .launched): Row(.awaitEnrolment, .starting),
    Pair(.launching, .launchFailed): Row(.tearDown(.atOnce), .error, .launchFailed("why")),
    Pair(.launching, .submittingTooLong): tooLong(.submitting),
    Pair(.launching, .end): Row(.tearDown(.atOnce), .shuttingDown, .requested),

    Pair(.submitted, .enrolled): Row(.awaitChannel, .starting),
    Pair(.submitted, .driverFailed): Row(.tearDown(.atOnce), .error, .driverFailed("why")),
    Pair(.submitted, .driverLost): Row(.tearDown(.atOnce), .error, .driverFailed("cut")),
    Pair(.submitted, .submittingTooLong): tooLong(.submitting),
    Pair(.submitted, .exited): Row(.tearDown(.atOnce), .dead, .exited(exit, .submitting)),
    Pair(.submitted, .end): Row(.tearDown(.atOnce), .shuttingDown, .requested),

    Pair(.accepted, .connected): Row(.ping, .starting),
    Pair(.accepted, .driverFailed): Row(.tearDown(.atOnce), .error, .driverFailed("why")),
    Pair(.accepted, .driverLost): Row(.tearDown(.atOnce), .error, .driverFailed("cut")),
    Pair(.accepted, .acceptedTooLong): tooLong(.accepted),
    Pair(.accepted, .exited): Row(.tearDown(.atOnce), .dead, .exited(exit, .accepted)),
    Pair(.accepted, .end): Row(.tearDown(.atOnce), .shuttingDown, .requested),

    Pair(.connected, .pinged): Row(.serve, .idle),
    Pair(.connected, .driverFailed): Row(.tearDown(.atOnce), .error, .driverFailed("why")),
    Pair(.connected, .connectedTooLong): tooLong(.connected),
    Pair(.connected, .exited): Row(.tearDown(.atOnce), .dead, .exited(exit, .connected)),
    Pair(.connected, .driverLost): Row(.awaitReturn(.cut), .starting),
    Pair(.connected, .driverUnusable): Row(.tearDown(.atOnce), .dead, .driverLost("bad", nil)),
    Pair(.connected, .end): Row(.tearDown(.inOrder), .shuttingDown, .requested),

    Pair(.ready, .exited): Row(.awaitFarewell, .idle),
    Pair(.ready, .driverLost): Row(.awaitReturn(.cut), .idle),
    Pair(.ready, .driverUnusable): Row(.tearDown(.atOnce), .dead, .driverLost("bad", nil)),
    Pair(.ready, .end): Row(.tearDown(.inOrder), .shuttingDown, .requested),

    Pair(.created, .recover): Row(.awaitReturn(.restart), .recovering),
    Pair(.created, .recoverEarly): Row(.awaitReturn(.restart), .recovering),

    Pair(.awayEarly, .returned): Row(.ping, .starting),
    Pair(.awayEarly, .returnOverdue): overdue,
    Pair(.awayEarly, .exited): Row(.tearDown(.atOnce), .dead, .driverLost("cut", exit)),
    Pair(.awayEarly, .driverUnusable): Row(.tearDown(.atOnce), .dead, .driverLost("bad", nil)),
    Pair(.awayEarly, .end): Row(.tearDown(.atOnce), .shuttingDown, .requested),

    Pair(.away, .returned): Row(.resume, .busy),
    Pair(.away, .returnOverdue): overdue,
    Pair(.away, .exited): Row(.tearDown(.atOnce), .dead, .driverLost("cut", exit)),
    Pair(.away, .driverUnusable): Row(.tearDown(.atOnce), .dead, .driverLost("bad", nil)),
    Pair(.away, .end): Row(.tearDown(.atOnce), .shuttingDown, .requested),

    Pair(.recoveringEarly, .returned): Row(.ping, .starting),
    Pair(.recoveringEarly, .returnOverdue): overdueAfterRestart,
    Pair(.recoveringEarly, .exited): Row(.tearDown(.atOnce), .dead, .exited(exit, .accepted)),
    Pair(.recoveringEarly, .driverUnusable):
      Row(.tearDown(.atOnce), .dead, .driverLost("bad", nil)),
    Pair(.recoveringEarly, .end): Row(.tearDown(.atOnce), .shuttingDown, .requested),

    Pair(.recovering, .returned): Row(.resume, .busy),
    Pair(.recovering, .returnOverdue): overdueAfterRestart,
    Pair(.recovering, .exited): Row(.tearDown(.atOnce), .dead, .exited(exit, .ready)),
    Pair(.recovering, .driverUnusable): Row(.tearDown(.atOnce), .dead, .driverLost("bad", nil)),
    Pair(.recovering, .end): Row(.tearDown(.atOnce), .shuttingDown, .requested),

    Pair(.losingProcess, .driverUnusable):
      Row(.tearDown(.atOnce), .dead, .exited(exit, .ready)),
    Pair(.losingProcess, .driverLost): Row(.tearDown(.atOnce), .dead, .exited(exit, .ready)),
    Pair(.losingProcess, .farewellOver): Row(.tearDown(.atOnce), .dead, .exited(exit, .ready)),
    Pair(.losingProcess, .end): Row(.tearDown(.atOnce), .dead, .exited(exit, .ready)),
  ]

  private static let overdue = Row(
    .tearDown(.atOnce), .dead, .driverLost("cut; it did not come back within 8.0 seconds", nil))
  private static let overdueAfterRestart = Row(
    .tearDown(.atOnce), .dead,
    .driverLost("it did not come back within 8.0 seconds of the server's restart", nil))

  private static func tooLong(_ phase: LaunchPhase) -> Row {
    Row(.tearDown(.atOnce), .error, .phaseTooLong(phase, .seconds(7)))
  }

  // MARK: The ways there

  private static func machine(at place: Place) -> Machine {
    var machine = Machine()
    let events: [Event] =
      switch place {
      case .created: []
      case .launching: [.begin]
      case .submitted: [.begin, .launched]
      case .accepted: [.begin, .launched, .enrolled]
      case .connected: [.begin, .launched, .enrolled, .connected]
      case .awayEarly: [.begin, .launched, .enrolled, .connected, .driverLost]
      case .ready: [.begin, .launched, .enrolled, .connected, .pinged]
      case .away: [.begin, .launched, .enrolled, .connected, .pinged, .driverLost]
      case .recoveringEarly: [.recoverEarly]
      case .recovering: [.recover]
      case .losingProcess: [.begin, .launched, .enrolled, .connected, .pinged, .exited]
      case .endingWanted, .ended: [.begin, .launched, .end]
      case .endingFailed: [.begin, .launched, .exited]
      }
    for event in events {
      _ = send(event, to: &machine)
      machine.interpreter(.idle)
    }
    if place == .ended { machine.tornDown() }
    return machine
  }

  private static func send(_ event: Event, to machine: inout Machine) -> Machine.Action {
    switch event {
    case .begin: machine.begin()
    case .launched: machine.launched()
    case .enrolled: machine.enrolled()
    case .connected: machine.connected()
    case .pinged: machine.pinged()
    case .recover: machine.recover(.ready)
    case .recoverEarly: machine.recover(.accepted)
    case .returned: machine.returned(.busy)
    case .returnOverdue: machine.returnOverdue(limit: .seconds(8), log: ["line"])
    case .driverUnusable: machine.driverUnusable("bad", log: ["line"])
    case .launchFailed: machine.launchFailed("why", log: ["line"])
    case .driverFailed: machine.driverFailed("why", log: ["line"])
    case .submittingTooLong:
      machine.deadlinePassed(.submitting, limit: .seconds(7), log: ["line"])
    case .acceptedTooLong: machine.deadlinePassed(.accepted, limit: .seconds(7), log: ["line"])
    case .connectedTooLong: machine.deadlinePassed(.connected, limit: .seconds(7), log: ["line"])
    case .exited: machine.exited(exit, log: ["line"])
    case .driverLost: machine.driverLost("cut", log: ["line"])
    case .farewellOver: machine.farewellOver(log: ["line"])
    case .end: machine.end(.requested)
    }
  }

  // MARK: What it shows

  @Test(
    "Once it is ready, the interpreter's state is shown, also while the driver is away or being lost"
  )
  func shownStates() {
    let shown: [(InterpreterState, SessionState)] = [
      (.notStarted, .starting), (.starting, .starting), (.idle, .idle), (.busy, .busy),
      (.error, .error),
    ]
    for (interpreter, state) in shown {
      for place in [Place.ready, .away, .losingProcess] {
        var machine = Self.machine(at: place)
        machine.interpreter(interpreter)
        #expect(machine.shownState == state)
      }
      for place in [Place.connected, .awayEarly, .submitted] {
        var machine = Self.machine(at: place)
        machine.interpreter(interpreter)
        #expect(machine.shownState == .starting)
      }
      for place in [Place.recovering, .recoveringEarly] {
        var machine = Self.machine(at: place)
        machine.interpreter(interpreter)
        #expect(machine.shownState == .recovering)
      }
    }
  }

  @Test("What the interpreter said before the ping came back is shown after it")
  func earlyInterpreter() {
    var machine = Self.machine(at: .connected)
    machine.interpreter(.busy)
    _ = machine.pinged()
    #expect(machine.shownState == .busy)
  }

  @Test("Statements are taken when it was ready and has not begun to end")
  func takesStatements() {
    let taking = Place.allCases.filter { Self.machine(at: $0).takesStatements }
    #expect(taking == [.ready, .away, .losingProcess])
  }

  @Test("The end keeps the phase in which it came, and the last lines")
  func endKeepsPhase() {
    var machine = Self.machine(at: .accepted)
    _ = machine.exited(.signal(9), log: ["Killed"])
    #expect(machine.phase == .accepted)
    #expect(machine.lastLines == ["Killed"])
    machine.tornDown()
    #expect(machine.phase == .accepted)
    #expect(machine.shownState == .dead)
  }

  @Test("A wanted end shows that it goes on, and killed when it is over")
  func wantedEnd() {
    var machine = Self.machine(at: .endingWanted)
    #expect(machine.shownState == .shuttingDown)
    machine.tornDown()
    #expect(machine.shownState == .killed)
  }

  @Test("An end that nothing began is not torn down")
  func tornDownEarly() {
    for place in Place.allCases where !Self.machine(at: place).isEnding {
      var machine = Self.machine(at: place)
      let before = machine
      machine.tornDown()
      #expect(machine == before)
    }
  }
}
