// SPDX-License-Identifier: Apache-2.0

import LivyCore
import TestSupport
import Testing
import Transport
import Wire

@testable import LivyLink

@Suite("Rendezvous over real TLS")
struct RendezvousTests {
  // MARK: Enrolment

  @Test("Of 100 keys that race with one token, exactly one gets a certificate")
  func race() async throws {
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect()
      let wins = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<100 { group.addTask { await Self.enrollStubbornly(meeting, ticket) } }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(wins == 1)
      #expect(meeting.notices.texts.filter { $0.contains("with another key") }.count >= 99)
    }
  }

  /// As a driver does it: with the same key again, until the server has said yes or no.
  static func enrollStubbornly(_ meeting: Meeting, _ ticket: LaunchTicket) async -> Bool {
    guard let key = try? PrivateKey.generate() else { return false }
    while true {
      do {
        _ = try await meeting.dialer(ticket).enroll(key)
        return true
      } catch {
        if case .refused = error { return false }
      }
    }
  }

  @Test("The same key gets the same certificate again")
  func again() async throws {
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect()
      let key = try PrivateKey.generate()
      let first = try await meeting.dialer(ticket).enroll(key)
      let second = try await meeting.dialer(ticket).enroll(key)
      #expect(first.certificatePEM == second.certificatePEM)
      _ = try await meeting.rendezvous.enrolled(ticket.session, within: .seconds(60))
    }
  }

  @Test("A wrong, an expired and a forgotten token are refused, each with its reason in the log")
  func refusedTokens() async throws {
    try await Meeting.with { meeting in
      var wrong = try await meeting.expect()
      wrong.token = Array(repeating: 0, count: 32)
      await Self.expectRefusal { _ = try await meeting.identity(wrong) }
      #expect(meeting.notices.has("unknown token"))
      let expired = try await meeting.expect(tokenLifetime: .zero)
      await Self.expectRefusal { _ = try await meeting.identity(expired) }
      #expect(meeting.notices.has("has expired"))
      let forgotten = try await meeting.expect()
      await meeting.rendezvous.forget(forgotten.session)
      await Self.expectRefusal { _ = try await meeting.identity(forgotten) }
      // It lives on.
      _ = try await meeting.identity(try await meeting.expect())
    }
  }

  static func expectRefusal(_ body: () async throws -> Void) async {
    do {
      try await body()
      Issue.record("this was not refused")
    } catch let error as ServerDialer.Failure {
      guard case .refused = error else {
        Issue.record("not refused but: \(error)")
        return
      }
    } catch {
      Issue.record("unexpected: \(error)")
    }
  }

  static func expectUnreachable(_ body: () async throws -> Void) async {
    await #expect {
      try await body()
    } throws: { error in
      guard case .unreachable? = error as? ServerDialer.Failure else { return false }
      return true
    }
  }

  // MARK: Dial-in

  @Test("A driver that dialled in is there with all its methods")
  func dialIn() async throws {
    let events = [
      DriverEvent(number: 1, what: .state(.idle)),
      DriverEvent(number: 2, what: .started(StatementID(0), atMilliseconds: 5)),
      DriverEvent(number: 3, what: .progress(StatementID(0), fraction: 0.5)),
      DriverEvent(
        number: 4,
        what: .finished(
          StatementID(0),
          .success([.plain("3"), OutputPart(mimeType: "application/json", content: .json("{}"))]),
          atMilliseconds: 6)),
      DriverEvent(
        number: 5,
        what: .finished(
          StatementID(1),
          .failure(StatementFailure(name: "ValueError", value: "no", traceback: ["a", "b"])),
          atMilliseconds: 7)),
    ]
    try await Meeting.with { meeting in
      let driver = ScriptedDriver(events: events)
      let ticket = try await meeting.expect()
      let identity = try await meeting.identity(ticket)
      let channel = try await meeting.dialer(ticket).register(
        as: identity, listenPort: nil, serving: driver, pid: 42)
      let remote = try await meeting.rendezvous.connected(
        ticket.session, within: .seconds(60)
      ).driver
      try await Self.exercise(remote, driver, events)
      await channel.close()
      try await Self.expectLost(remote)
    }
  }

  // MARK: Connect-back

  @Test("A driver that the server dialled is there with all its methods")
  func connectBack() async throws {
    let events = [DriverEvent(number: 1, what: .state(.busy))]
    try await Meeting.with { meeting in
      let driver = ScriptedDriver(events: events)
      let ticket = try await meeting.expect(.connectBack)
      let identity = try await meeting.identity(ticket)
      let entrance = ServerEntrance(serving: driver)
      let port = try await entrance.open(
        host: "127.0.0.1", ports: 0...0, as: identity, trusting: ticket.authority,
        on: meeting.loop)
      let registration = try await meeting.dialer(ticket).register(
        as: identity, listenPort: port, serving: driver, pid: 42)
      await registration.close()
      let remote = try await meeting.rendezvous.connected(
        ticket.session, within: .seconds(60)
      ).driver
      #expect(await entrance.next() != nil)
      try await Self.exercise(remote, driver, events)
      #expect(meeting.notices.has("connected back"))
      await entrance.close()
    }
  }

  @Test("A port that nobody listens on ends the wait at once, with the reason")
  func connectBackRefused() async throws {
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect(.connectBack)
      let identity = try await meeting.identity(ticket)
      let registration = try await meeting.dialer(ticket).register(
        as: identity, listenPort: 1, serving: ScriptedDriver(), pid: 42)
      await registration.close()
      await #expect {
        _ = try await meeting.rendezvous.connected(ticket.session, within: .seconds(600))
      } throws: { error in
        (error as? LivyError)?.code == .launchFailed && "\(error)".contains("127.0.0.1:1")
      }
    }
  }

  @Test("The server does not connect back outside the networks that it was told")
  func connectBackNetworks() async throws {
    try await Meeting.with(networks: ["10.0.0.0/8"]) { meeting in
      let ticket = try await meeting.expect(.connectBack)
      let identity = try await meeting.identity(ticket)
      await Self.expectRefusal {
        _ = try await meeting.dialer(ticket).register(
          as: identity, listenPort: 1, serving: ScriptedDriver(), pid: 42)
      }
      #expect(meeting.notices.has("livy.rpc.connect-back.networks"))
      let error = await #expect(throws: LivyError.self) {
        _ = try await meeting.rendezvous.connected(ticket.session, within: .seconds(600))
      }
      #expect(error?.message.contains("livy.rpc.connect-back.networks") == true)
    }
  }

  static func exercise(
    _ remote: any SessionDriver, _ driver: ScriptedDriver, _ events: [DriverEvent]
  ) async throws {
    #expect(try await remote.ping().uiURL == "http://localhost:4040")
    let request = ExecuteRequest(
      statement: StatementID(3), kind: .sql, code: "select 1", epoch: 1)
    try await remote.execute(request)
    #expect(driver.executed == [StatementID(3)])
    await #expect {
      try await remote.execute(
        ExecuteRequest(statement: StatementID(4), kind: .sql, code: "refuse", epoch: 1))
    } throws: { error in
      (error as? LivyError)?.code == .driverRefused
    }
    let heard = Locked<[DriverEvent]>([])
    let watch = Task {
      try await remote.watch(after: 0, epoch: 1) { event in heard.withLock { $0.append(event) } }
    }
    #expect(await eventually { heard.withLock { $0.count } == events.count })
    #expect(heard.withLock { $0 } == events)
    watch.cancel()
    try await watch.value
    try await remote.acknowledge(through: 5)
    #expect(driver.acknowledged == 5)
    #expect(
      try await remote.attach(epoch: 7)
        == DriverStanding(state: .busy, lastEvent: 8, lastJob: JobNumber(9)))
    for (number, stage) in StatementStage.allCases.enumerated() {
      #expect(try await remote.cancel(StatementID(UInt64(number)), epoch: 7) == stage)
    }
    let place = CompletionRequest(kind: .spark, code: "sc.é", cursor: 4)
    #expect(try await remote.complete(place) == ["spark", "sc.é", "4"])
    try await exerciseJobs(remote, driver)
    try await remote.endSession()
    #expect(driver.isEnded)
  }

  static func exerciseJobs(_ remote: any SessionDriver, _ driver: ScriptedDriver) async throws {
    func job(_ number: UInt64, _ program: [UInt8]) -> Job {
      Job(number: JobNumber(number), kind: .pyspark, program: program)
    }
    let ends: [JobReport] = [
      .queued, .started, .succeeded([2, 0, 255]), .failed("Traceback of 4"), .cancelled,
    ]
    for (index, end) in ends.enumerated() {
      let job = job(UInt64(index) + 1, [UInt8(index), 0, 255])
      try await remote.submit(job, epoch: 7)
      #expect(try await remote.status(of: job.number) == end)
      #expect(try await remote.run(job, epoch: 7) == end)
    }
    try await remote.cancel(JobNumber(1), epoch: 7)
    #expect(try await remote.status(of: JobNumber(1)) == .cancelled)
    #expect(try await remote.status(of: JobNumber(77)) == nil)
    let resources: [AddedResource] = [
      .file("file:/a b"), .jar("hdfs:///j.jar"), .pythonFile("/m.py"),
    ]
    for resource in resources { try await remote.add(resource, epoch: 7) }
    #expect(driver.added == resources)
  }

  static func expectLost(_ remote: any SessionDriver) async throws {
    await #expect {
      try await remote.acknowledge(through: 9)
    } throws: { error in
      (error as? LivyError)?.code == .driverLost
    }
  }

  // MARK: Who may not

  @Test("A driver cannot register as another session, nor twice, nor after the end")
  func impostors() async throws {
    try await Meeting.with { meeting in
      let mine = try await meeting.expect()
      let theirs = try await meeting.expect()
      let identity = try await meeting.identity(mine)
      _ = try await meeting.identity(theirs)
      // My certificate, their name.
      await Self.expectRefusal {
        _ = try await meeting.dialer(theirs).register(
          as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 1)
      }
      #expect(meeting.notices.has("belongs to another session"))
      let channel = try await meeting.dialer(mine).register(
        as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 1)
      // No final answer: an honest driver may know of a cut before the server does.
      await Self.expectUnreachable {
        _ = try await meeting.dialer(mine).register(
          as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 1)
      }
      #expect(meeting.notices.has("has a live connection"))
      await meeting.rendezvous.forget(mine.session)
      _ = await channel.ended()
      // The certificate is good for a day, and worth nothing any more.
      await Self.expectRefusal {
        _ = try await meeting.dialer(mine).register(
          as: identity, listenPort: nil, serving: ScriptedDriver(), pid: 1)
      }
      #expect(meeting.notices.has("is unknown or has ended"))
    }
  }

  @Test("A driver refuses a server of another authority, and a driver that poses as the server")
  func falseServer() async throws {
    try await Meeting.with { real in
      try await Meeting.with { other in
        let ticket = try await real.expect()
        let astray = ServerDialer(ticket, at: [other.address], on: real.loop)
        await Self.expectRefusal { _ = try await astray.enroll(try PrivateKey.generate()) }
        // A driver's own certificate, used on a port of its own.
        let identity = try await real.identity(ticket)
        let context = try TLSContext.server(
          identity: identity, trusting: real.authority.pem,
          protocols: [.init(ChannelProtocol.enrolment, clientCertificate: .none)],
          verify: { _, _ in nil })
        let trap = try await Listener.listen(
          on: real.loop, at: SocketAddress(ip: "127.0.0.1", port: 0), tls: context,
          accept: { $0.stream.value.cancel() })
        let victim = ServerDialer(
          try await real.expect(), at: [trap.localAddress], on: real.loop)
        await Self.expectRefusal { _ = try await victim.enroll(try PrivateKey.generate()) }
        await trap.close()
      }
    }
  }

  @Test("Without a certificate nobody gets a word in on the channel")
  func noCertificate() async throws {
    try await Meeting.with { meeting in
      let context = try TLSContext.client(
        identity: nil, trusting: meeting.authority.pem,
        applicationProtocol: ChannelProtocol.channel, verify: { _, _ in nil })
      let established = try await TLSDialer.dial(
        meeting.address, on: meeting.loop, context: context)
      var limits = WireLimits()
      limits.helloTimeout = .seconds(600)
      let connection = Connection(established, side: .dialed, limits: limits)
      await connection.start()
      #expect(await connection.closed().transportError?.code == .peerRejected)
      #expect(await eventually { meeting.notices.has("no certificate") })
      _ = try await meeting.identity(try await meeting.expect())
    }
  }

  @Test("A driver that cannot start says why, and the session that waits hears it")
  func failed() async throws {
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect()
      let identity = try await meeting.identity(ticket)
      try await meeting.dialer(ticket).reportFailure(
        as: identity, reason: "no master", trace: "at x")
      await #expect {
        _ = try await meeting.rendezvous.connected(ticket.session, within: .seconds(60))
      } throws: { error in
        (error as? LivyError)?.code == .launchFailed
          && (error as? LivyError)?.message == "no master"
      }
    }
  }

  @Test("Nobody comes: the wait ends with its time; forgotten: it ends at once")
  func nobody() async throws {
    try await Meeting.with { meeting in
      let ticket = try await meeting.expect()
      await #expect {
        _ = try await meeting.rendezvous.enrolled(ticket.session, within: .milliseconds(1))
      } throws: { ($0 as? LivyError)?.code == .timedOut }
      let wait = Task {
        _ = try await meeting.rendezvous.connected(ticket.session, within: .seconds(600))
      }
      await meeting.rendezvous.forget(ticket.session)
      await #expect {
        try await wait.value
      } throws: { ($0 as? LivyError)?.code == .cancelled }
    }
  }
}
