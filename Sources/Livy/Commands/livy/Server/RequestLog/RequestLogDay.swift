// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A day in UTC, and the name of its file, which is that of Livy's: `2026_11_28.request.log`.
struct RequestLogDay: Equatable, Comparable, Sendable {
  /// Days since 1970.
  var number: Int64

  static let suffix = ".request.log"
  private static let seconds: Int64 = 86_400

  init(number: Int64) {
    self.number = number
  }

  /// Of a moment in seconds since 1970.
  init(of time: Int64) {
    let rest = time % Self.seconds
    number = (time - (rest < 0 ? rest + Self.seconds : rest)) / Self.seconds
  }

  /// Nil for a name that is no file of a request log.
  init?(fileName name: String) {
    guard name.hasSuffix(Self.suffix) else { return nil }
    let parts = name.dropLast(Self.suffix.count).split(
      separator: "_", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int32($0) }
    guard parts.map(\.utf8.count) == [4, 2, 2], numbers.count == 3 else { return nil }
    var date = tm()
    date.tm_year = numbers[0] - 1900
    date.tm_mon = numbers[1] - 1
    date.tm_mday = numbers[2]
    self.init(of: Int64(timegm(&date)))
    guard fileName == name else { return nil }
  }

  var fileName: String {
    let date = UTC(number * Self.seconds)
    return "\(date.year)_\(RequestLine.digits(date.month))_\(RequestLine.digits(date.day))"
      + Self.suffix
  }

  /// The files of a folder that have been there for long enough.
  static func outdated(_ names: [String], on today: RequestLogDay, days: Int) -> [String] {
    names.filter { name in
      RequestLogDay(fileName: name).map { $0.number + Int64(days) <= today.number } ?? false
    }.sorted()
  }

  static func < (left: RequestLogDay, right: RequestLogDay) -> Bool { left.number < right.number }
}
