// SPDX-License-Identifier: Apache-2.0

/// Something that can stand in a JSON text.
public protocol JSONWritable: Sendable {
  /// Writes one value.
  func write(to writer: inout JSONWriter)
}

/// Writes JSON without blanks, straight into bytes. Commas are its own matter.
public struct JSONWriter {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// Begins with nothing.
  public init() {}

  /// The bytes of one value.
  public static func bytes(of value: some JSONWritable) -> [UInt8] {
    var writer = JSONWriter()
    value.write(to: &writer)
    return writer.bytes
  }

  /// The text of one value.
  public static func text(of value: some JSONWritable) -> String {
    String(decoding: bytes(of: value), as: UTF8.self)
  }

  /// Writes an object; `members` writes its fields.
  public mutating func object(_ members: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "{"))
    members(&self)
    close(UInt8(ascii: "}"))
  }

  /// Writes an array; `elements` writes its values.
  public mutating func array(_ elements: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "["))
    elements(&self)
    close(UInt8(ascii: "]"))
  }

  /// Writes a field of the object that is open.
  public mutating func field(_ name: String, _ value: some JSONWritable) {
    self.name(name)
    value.write(to: &self)
  }

  /// Writes a field of the object that is open, whose value is an object.
  public mutating func field(_ name: String, object members: (inout JSONWriter) -> Void) {
    self.name(name)
    object(members)
  }

  /// Writes a text in quotes.
  public mutating func string(_ text: String) {
    separate()
    quoted(text)
    needsComma = true
  }

  /// Writes a value that is JSON already.
  public mutating func raw(_ document: JSONText) {
    literal(document.text)
  }

  /// Trusted: numbers, words, and what was checked.
  mutating func literal(_ text: String) {
    separate()
    bytes += text.utf8
    needsComma = true
  }

  private mutating func name(_ name: String) {
    separate()
    quoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func open(_ mark: UInt8) {
    separate()
    bytes.append(mark)
    needsComma = false
  }

  private mutating func close(_ mark: UInt8) {
    bytes.append(mark)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
  }

  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += Array("\\n".utf8)
      case 0x0D: bytes += Array("\\r".utf8)
      case 0x09: bytes += Array("\\t".utf8)
      case 0..<0x20:
        let digits = String(byte, radix: 16, uppercase: true)
        bytes += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
