// SPDX-License-Identifier: Apache-2.0

public import WireJSON
public import WireWellKnown

/// Seconds with none, three, six or nine digits of a fraction: `1.000340012s`.
extension DurationMessage: JSONMessage {
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.Duration" }
  /// It stands in an `Any` as the member `value`.
  public static var hasJSONFields: Bool { false }

  /// About 10,000 years in each direction.
  private static let secondsMax: Int64 = 315_576_000_000

  /// Writes the duration. One that is too long, or whose parts have two signs, cannot be written.
  public func encodeJSON(into writer: inout JSONWriter) {
    guard seconds >= -Self.secondsMax, seconds <= Self.secondsMax,
      nanos > -SecondFraction.one, nanos < SecondFraction.one,
      seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0)
    else { return writer.fail(.unwritable) }
    let sign = seconds < 0 || nanos < 0 ? "-" : ""
    writer.string("\(sign)\(seconds.magnitude)\(SecondFraction.text(nanos.magnitude))s")
  }

  /// Reads a duration.
  public mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError) {
    let text = try reader.string()
    var digits = FormReader(text)
    let isNegative = digits.take(UInt8(ascii: "-"))
    guard let magnitude = digits.number(count: 1...12), let nanos = SecondFraction.read(&digits),
      digits.take(UInt8(ascii: "s")), digits.isAtEnd, magnitude <= Self.secondsMax
    else { throw reader.failure(.invalidForm) }
    self.seconds = isNegative ? -magnitude : magnitude
    self.nanos = isNegative ? -nanos : nanos
  }
}

/// The part of a second behind the point.
enum SecondFraction {
  /// Nanoseconds of a second.
  static let one: Int32 = 1_000_000_000

  /// Nothing, or a point and three, six or nine digits: as few as do.
  static func text(_ nanos: UInt32) -> String {
    if nanos == 0 { return "" }
    var digits = nanos
    var width = 9
    while digits.isMultiple(of: 1000) {
      digits /= 1000
      width -= 3
    }
    let text = String(digits)
    return "." + String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  /// Nanoseconds; 0 if no point comes, `nil` if not one to nine digits stand behind it.
  static func read(_ form: inout FormReader) -> Int32? {
    guard form.take(UInt8(ascii: ".")) else { return 0 }
    let start = form.rest.count
    guard var nanos = form.number(count: 1...9) else { return nil }
    for _ in (start - form.rest.count)..<9 { nanos *= 10 }
    return Int32(exactly: nanos)
  }
}

/// Reads a text of digits and marks from front to back.
struct FormReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ text: String) {
    rest = Array(text.utf8)[...]
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  /// A number of so many digits, at most 18; no more digits may follow.
  mutating func number(count: ClosedRange<Int>) -> Int64? {
    let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard count.contains(digits.count), digits.count <= 18 else { return nil }
    rest = rest.dropFirst(digits.count)
    return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }
}
