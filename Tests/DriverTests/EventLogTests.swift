// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyDriver
internal import Testing

struct EventLogTests {
  private static let first = StatementID(0)

  private static func finished(_ bytes: Int) -> DriverEvent.What {
    let text = String(repeating: "x", count: bytes)
    return .finished(first, .success([.plain(text)]), atMilliseconds: 1)
  }

  private func log(events: Int = 100, bytes: Int = 1_000) -> EventLog {
    var limits = DriverLimits()
    limits.eventsMax = events
    limits.eventBytesMax = bytes
    return EventLog(limits: limits)
  }

  private func number(of what: DriverEvent.What, in log: inout EventLog) -> UInt64? {
    log.append(what)?.number
  }

  @Test("Events are numbered from 1 and replayed after any number")
  func numbering() {
    var log = log()
    #expect(log.next(after: 0) == .nothingYet)
    for state in [InterpreterState.starting, .idle, .busy] { log.append(.state(state)) }
    #expect(log.last == 3)
    #expect(log.next(after: 0) == .event(DriverEvent(number: 1, what: .state(.starting))))
    #expect(log.next(after: 2) == .event(DriverEvent(number: 3, what: .state(.busy))))
    #expect(log.next(after: 3) == .nothingYet)
    #expect(log.next(after: 4) == .unknown)
    #expect(log.next(after: .max) == .unknown)
  }

  @Test("What was acknowledged is gone; a repetition changes nothing; what never was is refused")
  func acknowledging() {
    var log = log()
    for _ in 0..<5 { log.append(.state(.idle)) }
    #expect(log.acknowledge(through: 3) == true)
    #expect(log.next(after: 2) == .forgotten)
    #expect(log.next(after: 3) == .event(DriverEvent(number: 4, what: .state(.idle))))
    #expect(log.acknowledge(through: 3) == true)
    #expect(log.acknowledge(through: 1) == true)
    #expect(log.acknowledged == 3)
    #expect(log.acknowledge(through: 6) == false)
    #expect(log.acknowledge(through: 5) == true)
    #expect(number(of: .state(.busy), in: &log) == 6)
  }

  @Test("A full log takes no progress, and leaves no gap")
  func fullOfEvents() {
    var log = log(events: 3)
    log.append(.state(.busy))
    #expect(number(of: .progress(Self.first, fraction: 0.5), in: &log) == 2)
    #expect(!log.isFull)
    log.append(.progress(Self.first, fraction: 0.6))
    #expect(log.isFull)
    #expect(number(of: .progress(Self.first, fraction: 0.7), in: &log) == nil)
    #expect(number(of: .state(.idle), in: &log) == 4)
    #expect(number(of: Self.finished(10), in: &log) == 5)
    #expect(log.acknowledge(through: 4) == true)
    #expect(!log.isFull)
    #expect(number(of: .progress(Self.first, fraction: 0.8), in: &log) == 6)
  }

  @Test("Outputs count by their bytes, whatever form they have")
  func fullOfBytes() {
    let failure = StatementFailure(name: "E", value: "12345", traceback: ["12345"])
    for what in [
      Self.finished(10), .finished(Self.first, .failure(failure), atMilliseconds: 1),
      .finished(
        Self.first,
        .success([OutputPart(mimeType: "application/json", content: .json("1234567890"))]),
        atMilliseconds: 1),
    ] {
      var log = log(bytes: 20)
      log.append(what)
      #expect(!log.isFull)
      log.append(what)
      #expect(log.isFull)
      #expect(log.acknowledge(through: 1) == true)
      #expect(!log.isFull)
    }
  }
}
