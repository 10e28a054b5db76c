// SPDX-License-Identifier: Apache-2.0

public import WireJSON
public import WireWellKnown

/// A time as RFC 3339 has it, in UTC: `1972-01-01T10:00:20.021Z`. Other offsets are read.
extension Timestamp: JSONMessage {
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.Timestamp" }
  /// It stands in an `Any` as the member `value`.
  public static var hasJSONFields: Bool { false }

  /// The years 1 to 9999.
  private static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
  private static let secondsOfDay: Int64 = 86_400

  /// Writes the time. One out of the years 1 to 9999 cannot be written.
  public func encodeJSON(into writer: inout JSONWriter) {
    guard Self.secondsRange.contains(seconds), nanos >= 0, nanos < SecondFraction.one else {
      return writer.fail(.unwritable)
    }
    let second = Self.remainder(seconds, Self.secondsOfDay)
    let date = CalendarDate(daysSince1970: (seconds - second) / Self.secondsOfDay)
    let time = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }
    writer.string(
      "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
        + "T\(time.joined(separator: ":"))\(SecondFraction.text(nanos.magnitude))Z")
  }

  /// Reads a time.
  public mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError) {
    var form = FormReader(try reader.string())
    guard let seconds = Self.wholeSeconds(&form), let nanos = SecondFraction.read(&form),
      let offset = Self.offset(&form), form.isAtEnd, Self.secondsRange.contains(seconds - offset)
    else { throw reader.failure(.invalidForm) }
    self.seconds = seconds - offset
    self.nanos = nanos
  }

  private static func wholeSeconds(_ form: inout FormReader) -> Int64? {
    let dash = UInt8(ascii: "-")
    let colon = UInt8(ascii: ":")
    guard let year = form.number(count: 4...4), form.take(dash),
      let month = form.number(count: 2...2), form.take(dash),
      let day = form.number(count: 2...2), form.take(UInt8(ascii: "T")),
      let hour = form.number(count: 2...2), form.take(colon),
      let minute = form.number(count: 2...2), form.take(colon),
      let second = form.number(count: 2...2), hour < 24, minute < 60, second < 60,
      let date = CalendarDate(year: year, month: month, day: day)
    else { return nil }
    return date.daysSince1970 * secondsOfDay + hour * 3600 + minute * 60 + second
  }

  /// Seconds east of Greenwich: `Z`, `+08:00`.
  private static func offset(_ form: inout FormReader) -> Int64? {
    if form.take(UInt8(ascii: "Z")) { return 0 }
    let isWest = form.take(UInt8(ascii: "-"))
    guard isWest || form.take(UInt8(ascii: "+")), let hours = form.number(count: 2...2),
      form.take(UInt8(ascii: ":")), let minutes = form.number(count: 2...2), hours < 24,
      minutes < 60
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return isWest ? -seconds : seconds
  }

  private static func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}

/// A day of the Gregorian calendar, carried back before its beginning.
///
/// Years are counted from March, so that the leap day is the last of its year; 400 years always
/// have the same number of days.
struct CalendarDate {
  private static let daysOf400Years: Int64 = 146_097
  /// From 1 March of the year 0 to 1 January 1970.
  private static let epoch: Int64 = 719_468

  var year: Int64
  var month: Int64
  var day: Int64

  /// `nil` if there is no such day; years from 1.
  init?(year: Int64, month: Int64, day: Int64) {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard year >= 1, (1...12).contains(month), day >= 1,
      zip(1..., lengths).contains(where: { $0 == month && day <= $1 })
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Days from 1 March of the year 0 on only: before, division would round the other way.
  init(daysSince1970 days: Int64) {
    let day = days + Self.epoch
    let cycle = day / Self.daysOf400Years
    let dayOfCycle = day % Self.daysOf400Years
    let yearOfCycle =
      (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    // Months from March have 153 days in five.
    let month = (5 * dayOfYear + 2) / 153
    self.day = dayOfYear - (153 * month + 2) / 5 + 1
    self.month = month < 10 ? month + 3 : month - 9
    year = cycle * 400 + yearOfCycle + (self.month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int64 {
    let yearFromMarch = month <= 2 ? year - 1 : year
    let monthFromMarch = month <= 2 ? month + 9 : month - 3
    let yearOfCycle = yearFromMarch % 400
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
    return yearFromMarch / 400 * Self.daysOf400Years + dayOfCycle - Self.epoch
  }
}
