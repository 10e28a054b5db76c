// SPDX-License-Identifier: Apache-2.0

internal import Simulation
internal import Transport

@testable internal import Wire

/// One side of a link: its connection, and the tasks that call over it. They live on a loop that
/// may be another than the connection's.
actor SimulatedEnd {
  nonisolated let connection: Connection
  nonisolated let loop: SimulatedLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private let link: Int
  private let ledger: Ledger
  private var calls: [UInt64: Task<Void, Never>] = [:]
  private var watch: Task<Void, Never>?
  private var leaving: Task<Void, Never>?

  init(_ connection: Connection, on loop: SimulatedLoop, link: Int, _ ledger: Ledger) {
    self.connection = connection
    self.loop = loop
    self.link = link
    self.ledger = ledger
  }

  func start() {
    watch = Task {
      await connection.start()
      ledger.end(ofLink: link, await connection.closed())
    }
  }

  func begin(_ plan: CallPlan) {
    ledger.begin(plan)
    calls[plan.id] = task(of: plan)
    guard let delay = plan.cancelAfter else { return }
    loop.world.after(delay, on: loop) { [self] in assumeIsolated { $0.cancel(plan.id) } }
  }

  private func task(of plan: CallPlan) -> Task<Void, Never> {
    let (connection, ledger) = (connection, ledger)
    switch plan.place {
    case .actor: return Task { await run(plan) }
    case .preferringActor:
      return Task(executorPreference: loop.taskExecutor) { await self.run(plan) }
    case .preferring:
      return Task(executorPreference: loop.taskExecutor) {
        await Self.run(plan, connection, ledger)
      }
    case .pool: return Task { await Self.run(plan, connection, ledger) }
    }
  }

  private func run(_ plan: CallPlan) async {
    await Self.run(plan, connection, ledger)
  }

  private func cancel(_ id: UInt64) {
    ledger.cancel(id)
    calls[id]?.cancel()
  }

  private nonisolated static func run(
    _ plan: CallPlan, _ connection: Connection, _ ledger: Ledger
  ) async {
    let outcome: Ledger.Outcome
    do {
      try await CallShapes.all[plan.shape].call(plan, on: connection, ledger)
      outcome = .answered
    } catch let error as CallError {
      outcome = .failed(error)
    } catch {
      outcome = .leftByReader
    }
    ledger.end(plan.id, outcome)
  }

  /// Ends the connection in one of the ways that this side has.
  func leave(_ farewell: Farewell) {
    loop.world.note("farewell", link, words: "\(farewell)")
    ledger.disturbed.insert(link)
    // Not a copy of `connection`: a task is on this actor's loop only if it has hold of the actor.
    leaving = Task {
      switch farewell {
      case .goAway: await self.connection.goAway()
      case .close: await self.connection.close()
      case .drain(let limit): _ = await self.connection.drain(within: limit)
      }
    }
  }
}

enum Farewell: Sendable {
  case goAway
  case close
  case drain(within: Duration)
}
