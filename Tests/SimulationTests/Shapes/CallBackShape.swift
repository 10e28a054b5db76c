// SPDX-License-Identifier: Apache-2.0

@testable internal import Wire

/// A unary call whose handler calls its caller before it answers.
enum CallBackShape: CallShape {
  private static let method = UnaryMethod<Parcel, Parcel>(number: 3, name: "Simulated.CallBack")
  private static let echo = UnaryMethod<Parcel, Parcel>(number: 4, name: "Simulated.Echo")

  static func serve(in table: inout MethodTable, _ ledger: Ledger) {
    table.on(echo) { request, _ in request }
    table.on(method) { request, context in
      try await CallPlan.serve(request, context, ledger) { plan in
        let parcel = Parcel(call: plan.id, place: 1, bytes: plan.answerBytes)
        let back = try await context.connection.call(echo, parcel)
        let isWhole = back.isParcel(of: plan.id, place: 1, bytes: plan.answerBytes)
        ledger.expect(isWhole, "the echo within call \(plan.id) is not its own")
        return back
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
