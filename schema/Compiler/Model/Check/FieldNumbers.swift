// SPDX-License-Identifier: Apache-2.0

/// The numbers that the fields of one message take.
struct FieldNumbers {
  /// proto3's highest field number, 2^29 - 1.
  static let max: UInt32 = (1 << 29) - 1
  /// Kept by protobuf for itself.
  static let protobufOwn: ClosedRange<Int64> = 19_000...19_999

  static func isAllowed(_ number: UInt32) -> Bool {
    (1...max).contains(number) && !protobufOwn.contains(Int64(number))
  }

  let owner: String
  let reserved: Reservations
  private var taken: [UInt32: NameSyntax] = [:]
  /// Numbers that stand anywhere in the message, so that a suggestion takes none of them.
  private var written: Set<Int64> = []
  private var proposed: Int64 = 1

  init(owner: String, reserved: Reservations) {
    self.owner = owner
    self.reserved = reserved
  }

  mutating func willUse(_ member: MemberSyntax) {
    switch member {
    case .field(let field): written.formUnion(field.number.value.map { [$0] } ?? [])
    case .oneof(let oneof): written.formUnion(oneof.fields.compactMap(\.number.value))
    case .message, .enumeration: break
    }
  }

  /// The field's number, or `nil` after an error has been reported.
  mutating func take(_ field: FieldSyntax, diagnostics: inout Diagnostics) -> UInt32? {
    reserved.check(field.name, diagnostics: &diagnostics)
    let range = field.number.range
    guard let value = field.number.value, (1...Int64(Self.max)).contains(value) else {
      diagnostics.error(
        range, "a field's number is one of 1 to \(Self.max)", help: free())
      return nil
    }
    if Self.protobufOwn.contains(value) {
      diagnostics.error(
        range, "protobuf keeps the numbers 19000 to 19999 for itself",
        help: free())
      return nil
    }
    if let reservation = reserved.range(of: value) {
      diagnostics.error(
        range, "number \(value) is reserved in \(owner)", help: free(),
        notes: [Diagnostic.Note(range: reservation, message: "reserved here")])
      return nil
    }
    let number = UInt32(value)
    if let earlier = taken[number] {
      diagnostics.error(
        range, "number \(value) is taken by field `\(earlier.text)` of \(owner)",
        help: free(),
        notes: [Diagnostic.Note(range: earlier.range, message: "first used here")])
      return nil
    }
    taken[number] = field.name
    return number
  }

  /// Proposes no number twice.
  private mutating func free() -> String {
    let number = Self.firstFree(from: proposed, reserved) { written.contains($0) }
    proposed = (number ?? Int64(Self.max)) + 1
    return Self.words(free: number)
  }

  /// The lowest number, from one on, that is neither reserved nor used.
  static func firstFree(
    from start: Int64, _ reserved: Reservations, isUsed: (Int64) -> Bool
  ) -> Int64? {
    var number = start
    while number <= Int64(max) {
      if let last = reserved.last(of: number) {
        number = last + 1
      } else if protobufOwn.contains(number) {
        number = protobufOwn.upperBound + 1
      } else if isUsed(number) {
        number += 1
      } else {
        return number
      }
    }
    return nil
  }

  static func words(free number: Int64?) -> String {
    number.map { "\($0) is free" } ?? "no number is free"
  }
}
