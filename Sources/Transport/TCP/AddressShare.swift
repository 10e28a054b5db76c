// SPDX-License-Identifier: Apache-2.0

/// What one address has of a listener: its connections that are not identified, by stage, each
/// line in the order in which they came to it; and its recent failures.
struct AddressShare {
  /// A line whose links are kept by those who stand in it (`AdmissionBook.Entry`).
  struct Line {
    var first: UInt64?
    var last: UInt64?
    var count = 0
  }

  var silent = Line()
  var waiting = Line()
  var shaking = Line()
  var anonymous = Line()
  /// It stands in the rota of those who may have the next slot.
  var isInRota = false
  /// When all failures will be forgotten, at one per interval.
  private var debtEnd = LoopInstant(nanoseconds: 0)

  var isEmpty: Bool {
    silent.count + waiting.count + shaking.count + anonymous.count == 0
  }

  /// Failures that count still.
  func debt(at now: LoopInstant, _ interval: UInt64) -> Int {
    guard debtEnd > now else { return 0 }
    let left = debtEnd.nanoseconds - now.nanoseconds
    return Int(clamping: left / interval + (left % interval == 0 ? 0 : 1))
  }

  mutating func addDebt(at now: LoopInstant, _ interval: UInt64) {
    debtEnd = max(debtEnd, now).advanced(by: .nanoseconds(Int64(clamping: interval)))
  }
}
