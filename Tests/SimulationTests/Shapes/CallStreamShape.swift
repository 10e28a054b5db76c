// SPDX-License-Identifier: Apache-2.0

internal import Transport

@testable internal import Wire

/// Unary calls of one task on the connection's loop, several under way at once, whose answers are
/// taken in the order of the calls. Their handlers answer at once, or the later ones first.
enum CallStreamShape: CallShape {
  static let sharesAnswerBytes = true
  private static let prompt = UnaryMethod<Parcel, Parcel>(number: 8, name: "Simulated.Prompt")
  private static let slow = UnaryMethod<Parcel, Parcel>(number: 9, name: "Simulated.Slow")

  static func serve(in table: inout MethodTable, _ ledger: Ledger) {
    table.answerAtOnce(prompt) { request, _ in
      try ledger.serveOneOfMany(request).answer(to: request)
    }
    table.on(slow) { request, context in
      let plan = try ledger.serveOneOfMany(request)
      ledger.handlerBegins()
      defer { ledger.handlerEnds() }
      try await context.connection.wait(plan.delay / (1 + Int(request.place % 16)))
      if case .never = plan.ending, request.place == UInt64(plan.items) {
        try await context.connection.wait(.seconds(1_000_000))
      }
      return try plan.answer(to: request)
    }
  }

  private static func method(of plan: CallPlan) -> UnaryMethod<Parcel, Parcel> {
    if case .never = plan.ending { return slow }
    return plan.delay == .zero ? prompt : slow
  }

  static func call(
    _ plan: CallPlan, on connection: Connection, _ ledger: Ledger
  ) async throws {
    // Wherever the plan's caller runs: such a stream belongs to a task on the loop.
    let task = Task(executorPreference: connection.loop.taskExecutor) {
      try await callOnLoop(plan, connection, ledger)
    }
    try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private static func callOnLoop(
    _ plan: CallPlan, _ connection: Connection, _ ledger: Ledger
  ) async throws {
    let calls = try connection.calls(
      method(of: plan), openMax: 1 + Int(plan.id % 5), timeout: plan.timeout)
    let bound = LoopBound(calls, on: connection.loop)
    try await withTaskCancellationHandler {
      try await exchange(calls, plan, connection, ledger)
    } onCancel: {
      bound.loop.submit { bound.value.cancel() }
    }
  }

  /// Where it ends early, what is still open goes on unheard, but for what would go on for ever.
  private static func exchange(
    _ calls: CallStream<Parcel, Parcel>, _ plan: CallPlan, _ connection: Connection,
    _ ledger: Ledger
  ) async throws {
    defer { if case .never = plan.ending { calls.cancel() } }
    var (sent, taken) = (0, 0)
    var failure: CallError?
    while taken <= plan.items {
      while sent <= plan.items, calls.hasRoom {
        if Task.isCancelled { throw CallError(.cancelled, "cancelled between two calls") }
        try calls.send(Parcel(call: plan.id, place: UInt64(sent), bytes: plan.requestBytes))
        sent += 1
      }
      guard let answer = await calls.next() else { break }
      failure = plan.check(answer, at: taken, after: failure, ledger)
      taken += 1
      if taken == plan.readsMax { throw LeftByReader() }
      if let pause = plan.readingPause { try await connection.wait(pause) }
    }
    ledger.expect(taken == plan.items + 1, "\(taken) answers came for call \(plan.id)")
    if let failure { throw failure }
  }
}
