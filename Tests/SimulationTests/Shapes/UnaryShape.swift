// SPDX-License-Identifier: Apache-2.0

@testable internal import Wire

enum UnaryShape: CallShape {
  private static let method = UnaryMethod<Parcel, Parcel>(number: 1, name: "Simulated.Unary")

  static func serve(in table: inout MethodTable, _ ledger: Ledger) {
    table.on(method) { request, context in
      try await CallPlan.serve(request, context, ledger) { plan in
        Parcel(call: plan.id, place: 1, bytes: plan.answerBytes)
      }
    }
  }

  static func call(
    _ plan: CallPlan, on connection: Connection, _ ledger: Ledger
  ) async throws {
    let request = Parcel(call: plan.id, place: 0, bytes: plan.requestBytes)
    let answer = try await connection.call(method, request, timeout: plan.timeout)
    let isWhole = answer.isParcel(of: plan.id, place: 1, bytes: plan.answerBytes)
    ledger.expect(isWhole, "the answer of call \(plan.id) is not its own")
  }
}
