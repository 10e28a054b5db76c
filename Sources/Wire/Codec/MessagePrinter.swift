// SPDX-License-Identifier: Apache-2.0

/// Writes a message for people, on one line: `Job(number: 3, kind: "pyspark", program: 0x8004… (912
/// bytes))`. Fields that have their defaults are left out, as on the wire. Secrets are never shown,
/// and long values only in part, so that the text fits a log.
public struct MessagePrinter {
  /// What stands in the place of a secret.
  public static let redacted = "<redacted>"

  /// The text so far.
  public private(set) var text = ""
  private let limits: PrinterLimits
  private var depth = 0
  private var isFirst = true

  init(limits: PrinterLimits) {
    self.limits = limits
  }

  // MARK: Fields, with the verbs of `MessageWriter`

  /// A field without presence.
  public mutating func singular<F: FieldCoding>(_ name: StaticString, _ value: F.Value, as: F.Type)
  {
    if !F.isDefault(value) { member(name, value, as: F.self) }
  }

  /// A field with presence.
  public mutating func optional<F: FieldCoding>(
    _ name: StaticString, _ value: F.Value?, as: F.Type
  ) {
    if let value { member(name, value, as: F.self) }
  }

  /// The member that is set of a oneof.
  public mutating func member<F: FieldCoding>(_ name: StaticString, _ value: F.Value, as: F.Type) {
    guard label(name) else { return }
    F.describe(value, to: &self)
  }

  /// A list.
  public mutating func repeated<F: FieldCoding>(
    _ name: StaticString, _ values: [F.Value], as: F.Type
  ) {
    guard !values.isEmpty, label(name) else { return }
    list(values) { printer, value in F.describe(value, to: &printer) }
  }

  /// A map, in order of its keys.
  public mutating func map<K: MapKeyCoding, V: FieldCoding>(
    _ name: StaticString, _ entries: [K.Value: V.Value], key: K.Type, value: V.Type
  ) {
    guard !entries.isEmpty, label(name) else { return }
    list(entries.sorted { K.precedes($0.key, $1.key) }) { printer, entry in
      K.describe(entry.key, to: &printer)
      printer.write(": ")
      V.describe(entry.value, to: &printer)
    }
  }

  /// A field whose value nobody may see. It is not handed over, so it cannot slip out; whether it
  /// is set is not told either.
  public mutating func secret(_ name: StaticString) {
    guard label(name) else { return }
    write(Self.redacted)
  }

  /// Fields of a newer peer: only how many bytes they have, since there may be secrets among them.
  public mutating func unknown(_ fields: UnknownFields) {
    guard !fields.isEmpty, label("unknownFields") else { return }
    write("\(fields.bytes.count) bytes")
  }

  // MARK: Values

  mutating func write(_ part: String) {
    if hasRoom { text += part }
  }

  mutating func string(_ value: String) {
    let shown = value.unicodeScalars.prefix(limits.stringScalarsMax)
    write(String(String.UnicodeScalarView(shown)).debugDescription)
    if shown.endIndex != value.unicodeScalars.endIndex { write("… (\(value.utf8.count) bytes)") }
  }

  mutating func bytes(_ value: [UInt8]) {
    let digits = Array("0123456789abcdef")
    write("0x")
    for byte in value.prefix(limits.bytesMax) {
      write("\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])")
    }
    if value.count > limits.bytesMax { write("… (\(value.count) bytes)") }
  }

  mutating func message<Message: WireMessage>(_ message: Message) {
    write("\(Message.self)(")
    if depth < limits.depthMax {
      let wasFirst = isFirst
      depth += 1
      isFirst = true
      message.describe(to: &self)
      depth -= 1
      isFirst = wasFirst
    } else {
      write("…")
    }
    text += ")"
  }

  private mutating func list<Elements: Collection>(
    _ elements: Elements, _ describe: (inout MessagePrinter, Elements.Element) -> Void
  ) {
    text += "["
    for (index, element) in elements.prefix(limits.elementsMax).enumerated() where hasRoom {
      if index > 0 { write(", ") }
      describe(&self, element)
    }
    if elements.count > limits.elementsMax {
      write(", … (\(elements.count) elements)")
    }
    text += "]"
  }

  // MARK: Room

  /// What has been opened is closed even without room, so that the text keeps its shape.
  private var hasRoom: Bool { text.utf8.count < limits.textBytesMax }

  /// Writes a field's name; without room only a mark that something is left out, once.
  private mutating func label(_ name: StaticString) -> Bool {
    let separator = isFirst ? "" : ", "
    guard hasRoom else {
      if !text.hasSuffix("…") { text += separator + "…" }
      return false
    }
    isFirst = false
    text += "\(separator)\(name): "
    return true
  }
}

/// How much of a message a description shows.
public struct PrinterLimits: Equatable, Sendable {
  /// Unicode scalars of a string.
  public var stringScalarsMax: Int
  /// Bytes of a `bytes` field.
  public var bytesMax: Int
  /// Elements of a list or a map.
  public var elementsMax: Int
  /// Messages inside of each other; the outermost one counts.
  public var depthMax: Int
  /// Bytes of the whole text. No new value is begun above it.
  public var textBytesMax: Int

  /// Limits, each with its default.
  public init(
    stringScalarsMax: Int = 200, bytesMax: Int = 32, elementsMax: Int = 16, depthMax: Int = 8,
    textBytesMax: Int = 4096
  ) {
    self.stringScalarsMax = stringScalarsMax
    self.bytesMax = bytesMax
    self.elementsMax = elementsMax
    self.depthMax = depthMax
    self.textBytesMax = textBytesMax
  }

  /// Those of `description`.
  public static let standard = PrinterLimits()
}

extension WireMessage {
  /// The message on one line, for people; secrets are redacted, long values cut.
  public var description: String { description() }

  /// The same as `description`.
  public var debugDescription: String { description() }

  /// The message on one line, for people, as long as the limits allow.
  public func description(limits: PrinterLimits = .standard) -> String {
    var printer = MessagePrinter(limits: limits)
    printer.message(self)
    return printer.text
  }
}
