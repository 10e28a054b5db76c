// SPDX-License-Identifier: Apache-2.0

@testable internal import Wire

/// Several unary calls of one task at once, to a handler that answers at once.
enum BatchShape: CallShape {
  static let sharesAnswerBytes = true
  static let answersAtOnce = true
  private static let method = UnaryMethod<Parcel, Parcel>(number: 5, name: "Simulated.Batch")

  static func serve(in table: inout MethodTable, _ ledger: Ledger) {
    table.answerAtOnce(method) { request, _ in
      try ledger.serveOneOfMany(request).answer(to: request)
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
      failure = plan.check(answer, at: index, after: failure, ledger)
    }
    if let failure { throw failure }
  }
}
