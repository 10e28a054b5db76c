// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import Testing
import Transport
import Wire

@testable import LivyLink

/// A rendezvous on loopback, and all that a driver needs to come to it.
struct Meeting {
  let loop: EventLoop
  let rendezvous: Rendezvous
  let address: SocketAddress
  let notices: Notices
  let authority: CertificateAuthority

  static let date = { @Sendable in Int64(Date().timeIntervalSince1970) }

  static func with(
    limits: LinkLimits = LinkLimits(), networks: [String] = ["127.0.0.0/8"],
    authority former: CertificateAuthority? = nil, formerPort: UInt16? = nil,
    _ body: (Meeting) async throws -> Void
  ) async throws {
    let group = try await EventLoopGroup.start(name: "meeting", count: 2)
    let loop = group.loops[0]
    let authority =
      try former
      ?? CertificateAuthority.create(
        commonName: "test", lifetime: .seconds(3_600), now: date()
      ).authority
    let identity = try ServerIdentity(
      id: "test", authority: authority, lifetime: .seconds(3_600), now: date())
    let notices = Notices()
    var settings = RendezvousSettings(
      listenIP: "127.0.0.1", listenPorts: 0...0, announcedHosts: ["127.0.0.1"],
      connectBackNetworks: networks.compactMap(Network.init))
    settings.formerPort = formerPort
    let rendezvous = Rendezvous(
      on: group, identity: identity, settings: settings, limits: limits, date: date,
      notice: { notices.add($0) })
    let address = try await rendezvous.listen()
    let meeting = Meeting(
      loop: loop, rendezvous: rendezvous, address: address, notices: notices,
      authority: authority)
    do {
      try await body(meeting)
    } catch {
      await rendezvous.close()
      await group.stop()
      throw error
    }
    await rendezvous.close()
    await group.stop()
  }

  func expect(
    _ channel: ChannelDirection = .dialIn, tokenLifetime: Duration = .seconds(600)
  ) async throws -> LaunchTicket {
    var generator = SystemRandomNumberGenerator()
    var settings = DriverSettings()
    settings.channel = channel
    settings.listenHost = "127.0.0.1"
    let bytes = try await rendezvous.expect(
      DriverExpectation(
        uuid: SessionUUID(using: &generator), attempt: 1, epoch: 1, kind: .one(.sql),
        tokenLifetime: tokenLifetime, settings: settings))
    return try LaunchTicket(decoding: bytes)
  }

  func dialer(_ ticket: LaunchTicket) -> ServerDialer {
    ServerDialer(ticket, at: [address], on: loop)
  }

  func identity(_ ticket: LaunchTicket) async throws -> TLSIdentity {
    try await dialer(ticket).enroll(try PrivateKey.generate())
  }
}

/// What the rendezvous told.
final class Notices: Sendable {
  private let all = Locked<[LinkNotice]>([])

  func add(_ notice: LinkNotice) { all.withLock { $0.append(notice) } }
  var texts: [String] { all.withLock { $0.map(\.description) } }

  func has(_ words: String) -> Bool { texts.contains { $0.contains(words) } }
}

/// A driver that answers from memory.
final class ScriptedDriver: SessionDriver {
  private struct State {
    var executed: [StatementID] = []
    var acknowledged: UInt64 = 0
    var isEnded = false
    var jobs: [JobNumber: JobReport] = [:]
    var added: [AddedResource] = []
  }
  private let state = Locked(State())
  let events: [DriverEvent]

  init(events: [DriverEvent] = []) {
    self.events = events
  }

  var executed: [StatementID] { state.withLock { $0.executed } }
  var acknowledged: UInt64 { state.withLock { $0.acknowledged } }
  var added: [AddedResource] { state.withLock { $0.added } }
  var isEnded: Bool { state.withLock { $0.isEnded } }

  func ping() async throws(LivyError) -> ApplicationFacts {
    ApplicationFacts(sparkVersion: "3.5", applicationID: "local-1", uiURL: "http://localhost:4040")
  }

  func execute(_ request: ExecuteRequest) async throws(LivyError) {
    guard request.code != "refuse" else { throw LivyError(.tooMany, "the queue is full") }
    state.withLock { $0.executed.append(request.statement) }
  }

  func attach(epoch: UInt64) async throws(LivyError) -> DriverStanding {
    DriverStanding(state: .busy, lastEvent: epoch + 1, lastJob: JobNumber(epoch + 2))
  }

  func cancel(
    _ statement: StatementID, epoch: UInt64
  ) async throws(LivyError) -> StatementStage {
    StatementStage.allCases[Int(statement.number % 3)]
  }

  /// What was asked, in words.
  func complete(_ request: CompletionRequest) async throws(LivyError) -> [String] {
    guard request.code != "refuse" else { throw LivyError(.notActive, "not now") }
    return [request.kind.rawValue, request.code, String(request.cursor)]
  }

  /// A job's program tells what it comes to, by its first byte.
  func submit(_ job: Job, epoch: UInt64) async throws(LivyError) {
    state.withLock { $0.jobs[job.number] = Self.report(of: job) }
  }

  func run(_ job: Job, epoch: UInt64) async throws(LivyError) -> JobReport { Self.report(of: job) }

  func status(of job: JobNumber) async throws(LivyError) -> JobReport? {
    state.withLock { $0.jobs[job] }
  }

  func cancel(_ job: JobNumber, epoch: UInt64) async throws(LivyError) {
    state.withLock { $0.jobs[job] = .cancelled }
  }

  func add(_ resource: AddedResource, epoch: UInt64) async throws(LivyError) {
    state.withLock { $0.added.append(resource) }
  }

  private static func report(of job: Job) -> JobReport {
    switch job.program.first {
    case 1: .started
    case 2: .succeeded(job.program)
    case 3: .failed("Traceback of \(job.number)")
    case 4: .cancelled
    default: .queued
    }
  }

  func watch(
    after: UInt64, epoch: UInt64, deliver: @escaping @Sendable (DriverEvent) async -> Void
  ) async throws(LivyError) {
    for event in events where event.number > after { await deliver(event) }
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
  }

  func acknowledge(through number: UInt64) async throws(LivyError) {
    state.withLock { $0.acknowledged = number }
  }

  func endSession() async throws(LivyError) {
    state.withLock { $0.isEnded = true }
  }
}
