// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// A properties file as `java.util.Properties` reads and writes it; the form of Spark's settings on
/// disk.
///
/// The rules stand in Java's documentation of `Properties.load(Reader)`.
package struct JavaProperties: Equatable, Sendable {
  package var values: [String: String]

  package init(_ values: [String: String] = [:]) {
    self.values = values
  }

  /// Reads a file's text. Of two lines with one key the later wins. Throws `.configuration` where
  /// Java throws.
  package init(parsing text: String) throws(LivyError) {
    values = [:]
    for line in Self.logicalLines(text) {
      let (key, value) = Self.halves(of: line)
      values[try Self.unescaped(key)] = try Self.unescaped(value)
    }
  }

  /// The file's text, in order of the keys. ASCII only, so that it is the same in every encoding.
  package var text: String {
    values.sorted { $0.key < $1.key }
      .map { Self.escaped($0.key, .key) + "=" + Self.escaped($0.value, .value) + "\n" }
      .joined()
  }
}

// MARK: Writing

extension JavaProperties {
  private enum Place {
    case key, value
  }

  private static func escaped(_ text: String, _ place: Place) -> String {
    var escaped = ""
    var isLeading = true
    for unit in text.utf16 {
      switch UInt8(exactly: unit) {
      case UInt8(ascii: " "): escaped += place == .key || isLeading ? "\\ " : " "
      case UInt8(ascii: "\n"): escaped += "\\n"
      case UInt8(ascii: "\r"): escaped += "\\r"
      case UInt8(ascii: "\t"): escaped += "\\t"
      case 12: escaped += "\\f"
      case let byte? where "\\=:#!".utf8.contains(byte):
        escaped += "\\" + String(UnicodeScalar(byte))
      case let byte? where (32..<127).contains(byte): escaped.unicodeScalars.append(.init(byte))
      default:
        let digits = String(unit, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
      isLeading = isLeading && unit == 32
    }
    return escaped
  }
}

// MARK: Reading

extension JavaProperties {
  private typealias Line = ArraySlice<Unicode.Scalar>

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\u{c}"
  }

  /// Lines without leading blanks, comments and empty lines; a line that ends in an odd number of
  /// backslashes is continued by the next one.
  private static func logicalLines(_ text: String) -> [Line] {
    var lines: [Line] = []
    var open: [Unicode.Scalar]?
    for natural in naturalLines(text) {
      var line = natural.drop(while: isBlank)
      if open == nil, line.first.map({ $0 == "#" || $0 == "!" }) ?? true { continue }
      let backslashes = line.reversed().prefix { $0 == "\\" }.count
      let isContinued = !backslashes.isMultiple(of: 2)
      if isContinued { line.removeLast() }
      open = (open ?? []) + line
      if !isContinued, let whole = open {
        if !whole.isEmpty { lines.append(whole[...]) }
        open = nil
      }
    }
    if let whole = open, !whole.isEmpty { lines.append(whole[...]) }
    return lines
  }

  /// Split at `\n`, `\r` and `\r\n`, each of which Java takes as one end of line.
  private static func naturalLines(_ text: String) -> [Line] {
    var scalars: [Unicode.Scalar] = []
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if scalar != "\n" || !afterReturn { scalars.append(scalar == "\r" ? "\n" : scalar) }
      afterReturn = scalar == "\r"
    }
    return scalars.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Splits at the first `=`, `:` or blank that no backslash precedes, with the blanks around it.
  private static func halves(of line: Line) -> (key: Line, value: Line) {
    var isEscaped = false
    let end = line.firstIndex { scalar in
      defer { isEscaped = scalar == "\\" && !isEscaped }
      return !isEscaped && (scalar == "=" || scalar == ":" || isBlank(scalar))
    }
    guard let end else { return (line, line.suffix(0)) }
    var value = line[end...].drop(while: isBlank)
    if let first = value.first, first == "=" || first == ":" {
      value = value.dropFirst().drop(while: isBlank)
    }
    return (line[..<end], value)
  }

  private static func unescaped(_ line: Line) throws(LivyError) -> String {
    var units: [UInt16] = []
    var rest = line
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        units += String(scalar).utf16
        continue
      }
      switch rest.popFirst() {
      case "n": units.append(10)
      case "r": units.append(13)
      case "t": units.append(9)
      case "f": units.append(12)
      case "u":
        let digits = String(String.UnicodeScalarView(rest.prefix(4)))
        let isHex = digits.utf8.count == 4 && digits.allSatisfy(\.isHexDigit)
        guard isHex, let unit = UInt16(digits, radix: 16) else {
          throw LivyError(.configuration, "malformed \\u escape '\\u\(digits)'; four hex digits")
        }
        units.append(unit)
        rest.removeFirst(4)
      case let other?: units += String(other).utf16
      case nil: break
      }
    }
    return String(decoding: units, as: UTF16.self)
  }
}
