// SPDX-License-Identifier: Apache-2.0

/// How Py4J writes text into a line: UTF-8, with `\`, CR and LF escaped and nothing else.
enum Py4JText {
  static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let backslash = UInt8(ascii: "\\")

  static func escape(_ text: String, into bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case backslash: bytes += [backslash, backslash]
      case carriageReturn: bytes += [backslash, UInt8(ascii: "r")]
      case lineFeed: bytes += [backslash, UInt8(ascii: "n")]
      default: bytes.append(byte)
      }
    }
  }

  /// An escape that Py4J does not write stays as it is; bytes that are not UTF-8 become U+FFFD.
  static func unescape(_ line: ArraySlice<UInt8>) -> String {
    guard line.contains(backslash) else { return String(decoding: line, as: UTF8.self) }
    var plain: [UInt8] = []
    plain.reserveCapacity(line.count)
    var escaped = false
    for byte in line {
      if escaped {
        switch byte {
        case backslash: plain.append(backslash)
        case UInt8(ascii: "r"): plain.append(carriageReturn)
        case UInt8(ascii: "n"): plain.append(lineFeed)
        default: plain += [backslash, byte]
        }
        escaped = false
      } else if byte == backslash {
        escaped = true
      } else {
        plain.append(byte)
      }
    }
    if escaped { plain.append(backslash) }
    return String(decoding: plain, as: UTF8.self)
  }

  /// As `Double.parseDouble` reads it.
  static func javaNotation(of double: Double) -> String {
    if double.isNaN { return "NaN" }
    if double.isInfinite { return double < 0 ? "-Infinity" : "Infinity" }
    return double.description
  }
}
