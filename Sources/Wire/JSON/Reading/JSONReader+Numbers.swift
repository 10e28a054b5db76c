// SPDX-License-Identifier: Apache-2.0

extension JSONReader {
  /// Reads a whole number, which may stand in quotes and may have an exponent or a fraction of
  /// zeros.
  public mutating func integer<Value: FixedWidthInteger>(
    _ type: Value.Type
  ) throws(JSONError) -> Value {
    skipSpace()
    let place = position
    let number = try quotableNumber()
    guard let value = number.integer(type) else { throw JSONError(.outOfRange, at: place) }
    return value
  }

  /// Reads a number with a fraction, which may stand in quotes; `"NaN"`, `"Infinity"` and
  /// `"-Infinity"` are numbers, too. What is nearer to infinity than to the type's largest number
  /// is refused.
  public mutating func float<Value: BinaryFloatingPoint & LosslessStringConvertible>(
    _ type: Value.Type
  ) throws(JSONError) -> Value {
    skipSpace()
    let place = position
    if try kind() == .string {
      switch try string() {
      case "NaN": return .nan
      case "Infinity": return .infinity
      case "-Infinity": return -.infinity
      default: position = place
      }
    }
    let number = try quotableNumber()
    guard let value = Value(number.text), value.isFinite else {
      throw JSONError(.outOfRange, at: place)
    }
    return value
  }

  /// Reads a number as JSON has it, or a string with nothing but such a number.
  private mutating func quotableNumber() throws(JSONError) -> JSONNumber {
    switch try kind() {
    case .number:
      let number = try JSONNumber(bytes, from: &position)
      return number
    case .string:
      let place = position
      let digits = Array(try string().utf8)
      var end = 0
      guard let number = try? JSONNumber(digits, from: &end), end == digits.count else {
        throw JSONError(.invalidForm, at: place)
      }
      return number
    case .object, .list, .bool, .null: throw failure(.wrongKind)
    }
  }
}

/// The parts of a number of JSON: sign, digits, fraction, exponent.
struct JSONNumber {
  private(set) var text: String
  private var isNegative = false
  /// All digits before the exponent, and how many of them stand behind the point.
  private var digits: [UInt8] = []
  private var fractionCount = 0
  /// Clamped: beyond that a number is out of range, or zero.
  private var exponent = 0

  private static let exponentMax = 100_000

  /// Reads a number that begins at `position`, and steps behind it.
  init(_ bytes: [UInt8], from position: inout Int) throws(JSONError) {
    let start = position
    var place = position
    func byte() -> UInt8? { place < bytes.count ? bytes[place] : nil }
    func run() throws(JSONError) -> ArraySlice<UInt8> {
      let first = place
      while let digit = byte(), digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") {
        place += 1
      }
      guard place > first else {
        throw JSONError(place < bytes.count ? .malformed : .truncated, at: place)
      }
      return bytes[first..<place]
    }

    text = ""
    if byte() == UInt8(ascii: "-") {
      isNegative = true
      place += 1
    }
    let whole = try run()
    if whole.first == UInt8(ascii: "0"), whole.count > 1 {
      throw JSONError(.malformed, at: start)
    }
    digits = Array(whole)
    if byte() == UInt8(ascii: ".") {
      place += 1
      let fraction = try run()
      digits += fraction
      fractionCount = fraction.count
    }
    if byte() == UInt8(ascii: "e") || byte() == UInt8(ascii: "E") {
      place += 1
      let isNegative = byte() == UInt8(ascii: "-")
      if isNegative || byte() == UInt8(ascii: "+") { place += 1 }
      for digit in try run() where exponent < Self.exponentMax {
        exponent = exponent * 10 + Int(digit - UInt8(ascii: "0"))
      }
      if isNegative { exponent = -exponent }
    }
    text = String(decoding: bytes[start..<place], as: UTF8.self)
    position = place
  }

  /// The number as a whole one, or `nil` if it has a fraction or does not fit.
  func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
    var significant = digits[...]
    significant = significant.drop { $0 == UInt8(ascii: "0") }
    var scale = exponent - fractionCount
    while significant.last == UInt8(ascii: "0") {
      significant.removeLast()
      scale += 1
    }
    if significant.isEmpty { return 0 }
    // No type has more than 20 digits.
    guard scale >= 0, significant.count + scale <= 20 else { return nil }
    var value: Value = 0
    for digit in significant + Array(repeating: UInt8(ascii: "0"), count: scale) {
      let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
      let part = Value(digit - UInt8(ascii: "0"))
      let (sum, carries) =
        isNegative
        ? tenfold.subtractingReportingOverflow(part) : tenfold.addingReportingOverflow(part)
      guard !overflows, !carries else { return nil }
      value = sum
    }
    return value
  }
}
