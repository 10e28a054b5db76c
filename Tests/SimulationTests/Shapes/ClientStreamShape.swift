// SPDX-License-Identifier: Apache-2.0

@testable internal import Wire

enum ClientStreamShape: CallShape {
  static let sharesAnswerBytes = true
  private static let method = ClientStreamingMethod<Parcel, Parcel>(
    number: 6, name: "Simulated.ClientStream")

  static func serve(in table: inout MethodTable, _ ledger: Ledger) {
    table.on(method) { items, context in
      var iterator = items.makeAsyncIterator()
      guard let first = try await iterator.next() else {
        throw CallError(.internal, "a stream without its first item")
      }
      return try await CallPlan.serve(first, context, ledger) { plan in
        var count = 0
        while let item = try await iterator.next() {
          let isWhole = item.isParcel(
            of: plan.id, place: UInt64(count) + 2, bytes: plan.answerBytes)
          ledger.expect(isWhole, "item \(count) for call \(plan.id) is not the one that was sent")
          count += 1
        }
        ledger.expect(
          count == plan.items, "\(count) of \(plan.items) items came for call \(plan.id)")
        return Parcel(call: plan.id, place: 1, bytes: plan.answerBytes)
      }
    }
  }

  static func call(
    _ plan: CallPlan, on connection: Connection, _ ledger: Ledger
  ) async throws {
    let call = try await connection.open(method, timeout: plan.timeout)
    do throws(CallError) {
      try await call.send(Parcel(call: plan.id, place: 0, bytes: plan.requestBytes))
      for index in 0..<plan.items {
        let place = UInt64(index) + 2
        try await call.send(Parcel(call: plan.id, place: place, bytes: plan.answerBytes))
      }
      call.finish()
    } catch {
      // Why it takes no more items, its response tells; but one that is too large ends no call.
      if error.code == .resourceExhausted { throw error }
    }
    let answer = try await call.response()
    let isWhole = answer.isParcel(of: plan.id, place: 1, bytes: plan.answerBytes)
    ledger.expect(isWhole, "the answer of call \(plan.id) is not its own")
  }
}
