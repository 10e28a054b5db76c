// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Synchronization

/// What happens at each step of a start: it succeeds, fails, or hangs until the test lets it go on.
final class Script: Sendable {
  enum Step: CaseIterable, Sendable {
    case expect, launch, enrol, connect, attach, ping, endSession
  }

  enum Fate: Sendable {
    case success
    case failure(LivyError)
    case hang(Gate<LivyError?>)
  }

  private let fates = Mutex<[Step: Fate]>([:])
  /// What drivers say of their application.
  let facts = Mutex(
    ApplicationFacts(
      sparkVersion: "3.5.8", applicationID: "local-1", uiURL: "http://127.0.0.1:4040"))
  /// What drivers that come back say of their queue.
  let standing = Mutex(InterpreterState.idle)
  private let reached = Mutex<[Step: Int]>([:])

  func set(_ step: Step, _ fate: Fate) {
    fates.withLock { $0[step] = fate }
  }

  /// Makes a step hang; the gate lets it go on, or fail.
  func hang(_ step: Step) -> Gate<LivyError?> {
    let gate = Gate<LivyError?>()
    set(step, .hang(gate))
    return gate
  }

  func hasReached(_ step: Step) -> Bool { reached.withLock { $0[step, default: 0] > 0 } }

  /// Called by the doubles. `cut` ends a hanging step from the other side.
  func pass(_ step: Step, cut: Gate<LivyError>? = nil) async throws(LivyError) {
    reached.withLock { $0[step, default: 0] += 1 }
    switch fates.withLock({ $0[step] ?? .success }) {
    case .success: break
    case .failure(let error): throw error
    case .hang(let gate):
      if let error = await Self.first(gate, cut) { throw error }
    }
  }

  private static func first(_ gate: Gate<LivyError?>, _ cut: Gate<LivyError>?) async -> LivyError? {
    guard let cut else { return await gate.value() }
    let either = Gate<LivyError?>()
    Task { either.open(await gate.value()) }
    Task { either.open(await cut.value()) }
    return await either.value()
  }
}
