// SPDX-License-Identifier: Apache-2.0

internal import Simulation

@testable internal import Wire

/// A kind of call that simulated programs make. To add one: a file in `Shapes`, and its name here.
enum CallShapes {
  static let all: [any CallShape.Type] = [
    UnaryShape.self, StreamShape.self, CallBackShape.self, BatchShape.self,
    ClientStreamShape.self, BothWaysShape.self, CallStreamShape.self,
  ]
}

protocol CallShape: Sendable {
  /// There are several answers, among which the plan's bytes are divided.
  static var sharesAnswerBytes: Bool { get }
  /// Its handler can neither wait nor hang.
  static var answersAtOnce: Bool { get }

  /// Registers the handler, which does what the plan of each call says.
  static func serve(in table: inout MethodTable, _ ledger: Ledger)

  /// Makes the call and checks what it brings. Returns normally if all of it came.
  static func call(
    _ plan: CallPlan, on connection: Connection, _ ledger: Ledger
  ) async throws
}

extension CallShape {
  static var sharesAnswerBytes: Bool { false }
  static var answersAtOnce: Bool { false }
}

/// Thrown by a caller that does not read to the end.
struct LeftByReader: Error {}

extension CallPlan {
  /// What every handler does around its answer.
  static func serve<Answer>(
    _ request: Parcel, _ context: CallContext, _ ledger: Ledger,
    _ answer: (CallPlan) async throws -> Answer
  ) async throws -> Answer {
    guard let plan = ledger.serve(request) else { throw CallError(.internal, "no plan") }
    defer { ledger.handlerEnds() }
    try await context.connection.wait(plan.delay)
    let answered: Answer
    switch plan.ending {
    case .answer:
      return try await answer(plan)
    case .failure(let code):
      // A stream fails after its items.
      answered = try await answer(plan)
      _ = answered
      throw CallError(code, Ledger.plannedFailure)
    case .never:
      try await context.connection.wait(.seconds(1_000_000))
      throw CallError(.internal, "nobody cancelled the call")
    }
  }
}

extension CallPlan {
  /// The answer to one of the several requests of a call; the last is the one that fails.
  func answer(to request: Parcel) throws(CallError) -> Parcel {
    if case .failure(let code) = ending, request.place == UInt64(items) {
      throw CallError(code, Ledger.plannedFailure)
    }
    return Parcel(call: id, place: request.place, bytes: answerBytes)
  }

  /// Checks one of the several answers, which come in the order of the requests. Answers what all
  /// of the call failed with so far: an error that nothing in the plan explains counts for all.
  func check(
    _ answer: Result<Parcel, CallError>, at index: Int, after failure: CallError?, _ ledger: Ledger
  ) -> CallError? {
    switch answer {
    case .success(let parcel):
      let isWhole = parcel.isParcel(of: id, place: UInt64(index), bytes: answerBytes)
      ledger.expect(isWhole, "answer \(index) of call \(id) is not its own")
      return failure
    case .failure(let error):
      return failure?.message ?? Ledger.plannedFailure == Ledger.plannedFailure ? error : failure
    }
  }
}

extension Connection {
  /// Waits in the world's time; throws when cancelled.
  func wait(
    _ duration: Duration, isolation: isolated (any Actor)? = #isolation
  ) async throws {
    guard duration > .zero, let loop = loop as? SimulatedLoop else { return }
    try await loop.sleep(for: duration)
  }
}
