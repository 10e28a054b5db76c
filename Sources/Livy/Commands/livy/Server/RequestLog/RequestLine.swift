// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyREST

/// A record in the Common Log Format of NCSA's server, which Livy's request log has too. Times are
/// UTC.
enum RequestLine {
  /// Of a path; the rest is cut.
  static let pathBytesMax = 4096

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// With its end of line. `client - - [28/Nov/2026:02:15:31 +0000] "GET /sessions HTTP/1.1" 200 12`
  static func text(of record: RequestRecord) -> String {
    "\(record.client ?? "-") - - [\(date(record.time))] "
      + "\"\(escaped(record.method)) \(escaped(record.path)) HTTP/1.1\" "
      + "\(record.status) \(record.bytes)\n"
  }

  private static func date(_ time: Int64) -> String {
    let parts = UTC(time)
    let month = months.indices.contains(parts.month - 1) ? months[parts.month - 1] : "-"
    return "\(digits(parts.day))/\(month)/\(parts.year):\(digits(parts.hour))"
      + ":\(digits(parts.minute)):\(digits(parts.second)) +0000"
  }

  /// What a client sends must not end the line, nor the quotes around it.
  private static func escaped(_ text: String) -> String {
    var line = ""
    for byte in text.utf8.prefix(pathBytesMax) {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<0x20, 0x7f...:
        line += "\\x" + digits(Int(byte), radix: 16)
      default:
        line.unicodeScalars.append(UnicodeScalar(byte))
      }
    }
    return line
  }

  static func digits(_ number: Int, radix: Int = 10) -> String {
    let text = String(number, radix: radix)
    return text.utf8.count < 2 ? "0" + text : text
  }
}

/// A moment's date and time of day in UTC.
struct UTC: Equatable {
  var year = 1970
  var month = 1
  var day = 1
  var hour = 0
  var minute = 0
  var second = 0

  /// Seconds since 1970.
  init(_ time: Int64) {
    var parts = tm()
    var time = time_t(time)
    guard gmtime_r(&time, &parts) != nil else { return }
    (year, month, day) = (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
    (hour, minute, second) = (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
  }
}
