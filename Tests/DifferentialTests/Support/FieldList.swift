// SPDX-License-Identifier: Apache-2.0

internal import TestSupport

/// A message's bytes as a list of its fields, of which the schema need not be known.
struct FieldList {
  /// A tag, and the bytes behind it without a length.
  private struct Field {
    var number: UInt64
    var wireType: UInt64
    var payload: [UInt8]

    var bytes: [UInt8] {
      let tag = FieldList.varint(number << 3 | wireType)
      return wireType == 2 ? tag + FieldList.varint(UInt64(payload.count)) + payload : tag + payload
    }
  }

  private var fields: [Field] = []

  /// How much may change.
  enum Scope {
    /// Fields are dropped, doubled and swapped.
    case order
    /// They get other numbers and types, too.
    case all
  }

  /// Changes a few fields, at any depth. Bytes that are no message come back as they are.
  static func rearranged(
    _ bytes: [UInt8], _ scope: Scope, using random: inout SplitMix64
  ) -> [UInt8] {
    guard var list = FieldList(bytes), !list.fields.isEmpty else { return bytes }
    for _ in 0..<Int.random(in: 1...3, using: &random) { list.change(scope, using: &random) }
    return list.fields.flatMap(\.bytes)
  }

  private init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let tag = Self.readVarint(&rest), tag >> 3 != 0 else { return nil }
      let start = rest
      let count: Int
      switch tag & 7 {
      case 0:
        guard Self.readVarint(&rest) != nil else { return nil }
        count = rest.startIndex - start.startIndex
        rest = start
      case 1: count = 8
      case 2:
        guard let length = Self.readVarint(&rest), length <= UInt64(rest.count) else { return nil }
        count = Int(length)
      case 5: count = 4
      default: return nil
      }
      guard rest.count >= count else { return nil }
      fields.append(
        Field(number: tag >> 3, wireType: tag & 7, payload: Array(rest.prefix(count))))
      rest = rest.dropFirst(count)
    }
  }

  private mutating func change(_ scope: Scope, using random: inout SplitMix64) {
    guard !fields.isEmpty else { return }
    let place = Int.random(in: fields.indices, using: &random)
    switch Int.random(in: 0..<(scope == .all ? 6 : 4), using: &random) {
    case 0: fields.remove(at: place)
    case 1: fields.insert(fields[place], at: Int.random(in: fields.indices, using: &random))
    case 2: fields.swapAt(place, Int.random(in: fields.indices, using: &random))
    case 3:
      guard fields[place].wireType == 2 else { return }
      fields[place].payload = Self.rearranged(fields[place].payload, scope, using: &random)
    case 4: fields[place].number = fields[Int.random(in: fields.indices, using: &random)].number
    default: retype(place, using: &random)
    }
  }

  private mutating func retype(_ place: Int, using random: inout SplitMix64) {
    let bytes = (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) }
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      fields[place].wireType = 0
      fields[place].payload = Self.varint(UInt64.random(in: 0...UInt64.max, using: &random))
    case 1:
      fields[place].wireType = 1
      fields[place].payload = bytes
    case 2:
      fields[place].wireType = 5
      fields[place].payload = Array(bytes.prefix(4))
    default:
      fields[place].wireType = 2
      fields[place].payload = Self.varint(UInt64.random(in: 0...1000, using: &random))
    }
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func readVarint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
