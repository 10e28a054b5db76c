// SPDX-License-Identifier: Apache-2.0

internal import Simulation
internal import Transport

@testable internal import Wire

/// The model: what happened to each call, and whether it may.
///
/// Proof for `@unchecked Sendable`: confined to the thread of its world.
final class Ledger: @unchecked Sendable {
  enum Outcome: Equatable {
    case answered
    case failed(CallError)
    /// The caller stopped to read before the end, or was cancelled between two reads.
    case leftByReader
  }

  struct Entry {
    var plan: CallPlan
    var begun: LoopInstant?
    var servings = 0
    var wasCancelled = false
    var outcomes: [Outcome] = []
  }

  let world: SimulatedWorld
  private(set) var entries: [UInt64: Entry] = [:]
  private(set) var handlersRunning = 0
  private(set) var problems: [String] = []
  /// Links on which something happened that may cost a call its answer.
  var disturbed: Set<Int> = []
  /// Links whose limits may be reached.
  var tight: Set<Int> = []
  private(set) var connectionEnds: [Int: [ConnectionEnd]] = [:]

  init(_ world: SimulatedWorld) {
    self.world = world
  }

  func expect(_ condition: Bool, _ problem: @autoclosure () -> String) {
    if !condition { problems.append(problem()) }
  }

  // MARK: What happens

  func begin(_ plan: CallPlan) {
    world.note("begin", Int(plan.id))
    expect(entries[plan.id] == nil, "call \(plan.id) began twice")
    entries[plan.id] = Entry(plan: plan, begun: world.now)
  }

  func cancel(_ id: UInt64) {
    guard entries[id]?.outcomes.isEmpty == true else { return }
    world.note("cancel", Int(id))
    entries[id]?.wasCancelled = true
  }

  /// A handler begins; `nil` where its request is nobody's.
  func serve(_ request: Parcel) -> CallPlan? {
    world.note("serve", Int(truncatingIfNeeded: request.call))
    guard let plan = entries[request.call]?.plan else {
      problems.append("a request came that nobody sent: \(request.call)")
      return nil
    }
    let isWhole = request.isParcel(of: plan.id, place: 0, bytes: plan.requestBytes)
    expect(isWhole, "the request of call \(plan.id) came damaged")
    entries[plan.id]?.servings += 1
    handlersRunning += 1
    return plan
  }

  /// The same where the call has several requests, each with a handler of its own; only those that
  /// wait are said to begin and to end.
  func serveOneOfMany(_ request: Parcel) throws(CallError) -> CallPlan {
    world.note(
      "serve one of many", Int(truncatingIfNeeded: request.call),
      Int(truncatingIfNeeded: request.place))
    guard let plan = entries[request.call]?.plan else {
      problems.append("a request came that nobody sent: \(request.call)")
      throw CallError(.internal, "no plan")
    }
    let isWhole = request.isParcel(of: plan.id, place: request.place, bytes: plan.requestBytes)
    expect(isWhole, "request \(request.place) of call \(plan.id) came damaged")
    entries[request.call]?.servings = 1
    return plan
  }

  func handlerBegins() {
    handlersRunning += 1
  }

  func handlerEnds() {
    handlersRunning -= 1
  }

  func end(_ id: UInt64, _ outcome: Outcome) {
    world.note("end", Int(id), words: "\(outcome)")
    entries[id]?.outcomes.append(outcome)
    if let entry = entries[id], let problem = objection(to: outcome, of: entry) {
      problems.append("call \(id) ended with \(outcome): \(problem); \(entry.plan)")
    }
  }

  func end(ofLink link: Int, _ end: ConnectionEnd) {
    world.note("connection ends", link, words: "\(end.code)")
    connectionEnds[link, default: []].append(end)
    switch end.code {
    case .protocolError, .refusedByPeer:
      problems.append("link \(link): one of our own ends broke the rules: \(end)")
    case .closed, .closedByPeer, .drained, .silent, .lifetime, .transport:
      expect(disturbed.contains(link), "link \(link) ended for no reason: \(end)")
    }
  }

  // MARK: What may happen

  private func objection(to outcome: Outcome, of entry: Entry) -> String? {
    let plan = entry.plan
    guard entry.outcomes.count == 1 else { return "it had ended before" }
    guard entry.servings <= 1 else { return "it was served \(entry.servings) times" }
    switch outcome {
    case .answered:
      guard case .answer = plan.ending else { return "its handler never answers" }
      return entry.servings == 1 ? nil : "nobody served it"
    case .leftByReader:
      return plan.readsMax != nil || entry.wasCancelled ? nil : "its reader had no reason to leave"
    case .failed(let error):
      return mayFail(entry, with: error) ? nil : "it had no reason to"
    }
  }

  private func mayFail(_ entry: Entry, with error: CallError) -> Bool {
    let plan = entry.plan
    if case .failure(let code) = plan.ending, code == error.code, entry.servings == 1,
      error.message == Self.plannedFailure
    {
      return true
    }
    switch error.code {
    case .cancelled: return entry.wasCancelled
    case .deadlineExceeded:
      guard let timeout = plan.timeout, let begun = entry.begun else { return false }
      return world.now >= begun.advanced(by: timeout)
    case .unavailable: return disturbed.contains(plan.link)
    case .resourceExhausted: return tight.contains(plan.link)
    default: return false
    }
  }

  static let plannedFailure = "failed as planned"

  /// What is wrong when all should be over.
  func checkIsOver() {
    for entry in entries.values.sorted(by: { $0.plan.id < $1.plan.id }) {
      expect(entry.outcomes.count == 1, "call has \(entry.outcomes.count) outcomes: \(entry.plan)")
    }
    expect(handlersRunning == 0, "\(handlersRunning) handlers still run")
  }
}
