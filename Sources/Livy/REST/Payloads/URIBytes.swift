// SPDX-License-Identifier: Apache-2.0

/// A URI, looked at byte by byte, as Java looks at it: in Swift a comma or slash and a mark that
/// combines with it are one character, and would hide what they part.
struct URIBytes: CustomStringConvertible {
  private let bytes: ArraySlice<UInt8>

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  init(_ text: String) {
    bytes = Array(text.utf8)[...]
  }

  /// Those of a text with commas between them.
  static func parts(of text: String) -> [URIBytes] {
    URIBytes(text).parts(at: ",")
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var description: String { text }

  func parts(at separator: Unicode.Scalar) -> [URIBytes] {
    bytes.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
      .map { URIBytes($0) }
  }

  func begins(with text: String) -> Bool { bytes.starts(with: text.utf8) }

  func upTo(_ mark: Unicode.Scalar) -> URIBytes {
    URIBytes(bytes.prefix { $0 != UInt8(ascii: mark) })
  }

  /// Without `//host` at its beginning.
  var behindAuthority: URIBytes {
    guard begins(with: "//") else { return self }
    return URIBytes(bytes.dropFirst(2).drop { $0 != UInt8(ascii: "/") })
  }

  /// RFC 3986: a letter, then letters, digits, `+`, `-`, `.`, then a colon.
  var scheme: (name: String?, rest: URIBytes) {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return (nil, self) }
    let name = Self.latin1(bytes[..<colon])
    let legal = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    guard let first = name.first, first.isLetter, legal else { return (nil, self) }
    return (name.lowercased(), URIBytes(bytes[(colon + 1)...]))
  }

  /// Whether `java.net.URI` reads it. Spark takes what it does not read for a path, relative to where
  /// it runs, whatever stands at its beginning.
  var isReadByJava: Bool {
    guard !bytes.isEmpty, bytes.count(where: { $0 == UInt8(ascii: "#") }) <= 1 else { return false }
    for (index, byte) in zip(bytes.indices, bytes) {
      if byte == UInt8(ascii: "%") {
        let digits = bytes[(index + 1)...].prefix(2)
        guard digits.count == 2, digits.allSatisfy({ Self.isHexDigit($0) }) else { return false }
      }
      if byte <= 0x20 || byte == 0x7F || Self.illegal.contains(byte) { return false }
    }
    guard scheme.rest.behindAuthority.bytes.allSatisfy({ !Self.brackets.contains($0) }) else {
      return false
    }
    return text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
  }

  private static let illegal = Array("\"<>\\^`{|}".utf8)
  /// Of addresses alone.
  private static let brackets = Array("[]".utf8)

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    Unicode.Scalar(byte).properties.isASCIIHexDigit
  }

  /// Each byte as a character of its own.
  private static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}
