// SPDX-License-Identifier: Apache-2.0

@testable internal import Wire

enum StreamShape: CallShape {
  static let sharesAnswerBytes = true
  private static let method = ServerStreamingMethod<Parcel, Parcel>(
    number: 2, name: "Simulated.Stream")

  static func serve(in table: inout MethodTable, _ ledger: Ledger) {
    table.on(method) { request, context, sink in
      try await CallPlan.serve(request, context, ledger) { plan in
        for index in 0..<plan.items {
          let place = UInt64(index) + 2
          try await sink.send(Parcel(call: plan.id, place: place, bytes: plan.answerBytes))
        }
      }
    }
  }

  static func call(
    _ plan: CallPlan, on connection: Connection, _ ledger: Ledger
  ) async throws {
    let request = Parcel(call: plan.id, place: 0, bytes: plan.requestBytes)
    let stream = try await connection.open(method, request, timeout: plan.timeout)
    var count = 0
    for try await item in stream {
      let isWhole = item.isParcel(
        of: plan.id, place: UInt64(count) + 2, bytes: plan.answerBytes)
      ledger.expect(isWhole, "item \(count) of call \(plan.id) is not the one that was sent")
      count += 1
      if count == plan.readsMax { throw LeftByReader() }
      if let pause = plan.readingPause { try await connection.wait(pause) }
    }
    ledger.expect(count == plan.items, "call \(plan.id) ended after \(count) items")
  }
}
