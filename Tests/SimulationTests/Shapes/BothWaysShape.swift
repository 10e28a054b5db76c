// SPDX-License-Identifier: Apache-2.0

@testable internal import Wire

/// Each item is answered by one, which the caller waits for before it sends the next.
enum BothWaysShape: CallShape {
  static let sharesAnswerBytes = true
  private static let method = BidirectionalStreamingMethod<Parcel, Parcel>(
    number: 7, name: "Simulated.BothWays")

  static func serve(in table: inout MethodTable, _ ledger: Ledger) {
    table.on(method) { items, context, sink in
      var iterator = items.makeAsyncIterator()
      guard let first = try await iterator.next() else {
        throw CallError(.internal, "a stream without its first item")
      }
      try await CallPlan.serve(first, context, ledger) { plan in
        while let item = try await iterator.next() { try await sink.send(item) }
      }
    }
  }

  static func call(
    _ plan: CallPlan, on connection: Connection, _ ledger: Ledger
  ) async throws {
    let call = try await connection.open(method, timeout: plan.timeout)
    var answers = call.answers.makeAsyncIterator()
    try await send(Parcel(call: plan.id, place: 0, bytes: plan.requestBytes), call, &answers)
    for index in 0..<plan.items {
      let place = UInt64(index) + 2
      try await send(Parcel(call: plan.id, place: place, bytes: plan.answerBytes), call, &answers)
      let answer = try await answers.next()
      let isWhole = answer?.isParcel(of: plan.id, place: place, bytes: plan.answerBytes)
      ledger.expect(isWhole == true, "answer \(index) of call \(plan.id) is not the one sent")
    }
    call.finish()
    let extra = try await answers.next()
    ledger.expect(extra == nil, "call \(plan.id) has an answer too many")
  }

  /// Why a call takes no more items, its answers tell; but one that is too large ends no call.
  private static func send(
    _ item: Parcel, _ call: BidirectionalCall<Parcel, Parcel>,
    _ answers: inout ItemStream<Parcel>.AsyncIterator
  ) async throws(CallError) {
    do throws(CallError) {
      try await call.send(item)
    } catch {
      if error.code == .resourceExhausted { throw error }
      while try await answers.next() != nil {}
      throw error
    }
  }
}
