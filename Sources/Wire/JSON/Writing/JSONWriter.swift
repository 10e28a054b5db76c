// SPDX-License-Identifier: Apache-2.0

/// Writes JSON, value by value.
///
/// The first thing that cannot be written is kept as `failure`; what is written after it is lost.
public struct JSONWriter: ~Copyable {
  var bytes: [UInt8] = []
  private(set) var failure: JSONError?
  /// How to write.
  public let options: JSONWritingOptions
  /// Names of the messages around the place of writing, outermost first.
  private var open: [JSONNames] = []
  private var depthLeft: Int
  /// Bytes inside of `Any`s that may still be decoded.
  private var anyBytesLeft: Int
  /// Whether a comma must stand before the next member or element.
  private var needsComma = false
  /// What the next message has as its first member: the type, inside of an `Any`.
  private var typeURL: String?

  init(_ options: JSONWritingOptions) {
    self.options = options
    depthLeft = options.depthMax
    anyBytesLeft = options.anyBytesMax
  }

  /// Keeps the reason why the message cannot be written.
  public mutating func fail(_ code: JSONError.Code) {
    if failure == nil { failure = JSONError(code, at: bytes.count) }
  }

  // MARK: Messages

  /// Writes the whole value of a message.
  public mutating func message<Message: JSONMessage>(_ message: Message) {
    if Message.hasHiddenLevel { descend() }
    // Behind a failure nothing is read any more; deeper than the limit nobody goes.
    if failure == nil { message.encodeJSON(into: &self) }
    if Message.hasHiddenLevel { depthLeft += 1 }
  }

  // MARK: Objects and lists

  /// Begins an object whose members are fields.
  public mutating func begin(_ names: JSONNames) {
    open.append(names)
    beginObject()
    guard let url = typeURL else { return }
    typeURL = nil
    name("@type")
    string(url)
  }

  /// Ends what `begin` began.
  public mutating func end() {
    _ = open.popLast()
    endObject()
  }

  /// Whether so many bytes of an `Any` may still be decoded; fails if not.
  public mutating func takeAnyBytes(_ count: Int) -> Bool {
    guard count <= anyBytesLeft else {
      fail(.tooLarge)
      return false
    }
    anyBytesLeft -= count
    return true
  }

  /// Lets the message that comes next begin with `@type`.
  public mutating func announce(typeURL url: String) { typeURL = url }

  /// Writes `{`; members with `name` and values come next.
  public mutating func beginObject() { enter(UInt8(ascii: "{")) }
  /// Writes `}`.
  public mutating func endObject() { leave(UInt8(ascii: "}")) }
  /// Writes `[`; elements with `element` and values come next.
  public mutating func beginList() { enter(UInt8(ascii: "[")) }
  /// Writes `]`.
  public mutating func endList() { leave(UInt8(ascii: "]")) }

  private mutating func enter(_ brace: UInt8) {
    descend()
    bytes.append(brace)
    needsComma = false
  }

  private mutating func descend() {
    if depthLeft < 0 { fail(.tooDeep) }
    depthLeft -= 1
  }

  private mutating func leave(_ brace: UInt8) {
    depthLeft += 1
    bytes.append(brace)
    needsComma = true
  }

  /// Goes before each element of a list.
  public mutating func element() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// The name of a member, whose value must follow.
  public mutating func name(_ name: String) {
    element()
    string(name)
    bytes.append(UInt8(ascii: ":"))
  }

  /// The name of a field of the innermost message.
  mutating func name(of field: UInt32) {
    guard let name = open.last?.name(of: field) else { return fail(.unwritable) }
    self.name(options.names == .json ? name.json : name.schema)
  }

  // MARK: Values

  /// Writes a word or a number as it is.
  mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Writes `null`.
  public mutating func null() { raw("null") }
  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

  /// A number of at most 32 bits stands as it is. JavaScript has no whole numbers of 64 bits: they
  /// stand in quotes.
  public mutating func integer(_ value: some FixedWidthInteger) {
    let text = String(value)
    raw(value.bitWidth > 32 ? "\"\(text)\"" : text)
  }

  /// The shortest text that is read as the same number again.
  public mutating func float(_ value: some BinaryFloatingPoint & CustomStringConvertible) {
    if value.isNaN {
      raw("\"NaN\"")
    } else if value.isInfinite {
      raw(value < 0 ? "\"-Infinity\"" : "\"Infinity\"")
    } else {
      raw(value.description)
    }
  }

  /// Writes a string with its quotes; only what must be escaped is.
  public mutating func string(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x08: raw("\\b")
      case 0x09: raw("\\t")
      case 0x0A: raw("\\n")
      case 0x0C: raw("\\f")
      case 0x0D: raw("\\r")
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        raw("\\u00" + (digits.utf8.count < 2 ? "0" : "") + digits)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
