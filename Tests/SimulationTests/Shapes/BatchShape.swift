// SPDX-License-Identifier: Apache-2.0

@testable internal import Wire

/// Several unary calls of one task at once, to a handler that answers at once.
enum BatchShape: CallShape {
  static let sharesAnswerBytes = true
  static let answersAtOnce = true
  private static let method = UnaryMethod<Parcel, Parcel>(number: 5, name: "Simulated.Batch")

  static func serve(in table: inout MethodTable, _ ledger: Ledger) {
    table.answerAtOnce(method) { request, _ in
      let plan = try ledger.serveAtOnce(request.call)
      let isWhole = request.isParcel(of: plan.id, place: request.place, bytes: plan.requestBytes)
      ledger.expect(isWhole, "request \(request.place) of batch \(plan.id) came damaged")
      if case .failure(let code) = plan.ending, request.place == plan.items {
        throw CallError(code, Ledger.plannedFailure)
      }
      return Parcel(call: plan.id, place: request.place, bytes: plan.answerBytes)
    }
  }

  static func call(
    _ plan: CallPlan, on connection: Connection, _ ledger: Ledger
  ) async throws {
    let requests = (0...plan.items).map {
      Parcel(call: plan.id, place: UInt64($0), bytes: plan.requestBytes)
    }
    let answers = try await connection.call(method, all: requests, timeout: plan.timeout)
    ledger.expect(
      answers.count == requests.count, "batch \(plan.id) has \(answers.count) answers")
    var failure: CallError?
    for (index, answer) in answers.enumerated() {
      switch answer {
      case .success(let parcel):
        let isWhole = parcel.isParcel(
          of: plan.id, place: UInt64(index), bytes: plan.answerBytes)
        ledger.expect(isWhole, "answer \(index) of batch \(plan.id) is not its own")
      case .failure(let error):
        // One that nothing in the plan explains counts for all.
        if failure?.message ?? Ledger.plannedFailure == Ledger.plannedFailure { failure = error }
      }
    }
    if let failure { throw failure }
  }
}
