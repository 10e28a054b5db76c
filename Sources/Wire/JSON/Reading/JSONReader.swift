// SPDX-License-Identifier: Apache-2.0

/// Reads JSON from front to back, value by value, and keeps nothing of what it has read.
///
/// All that it reads comes from somebody else: each mistake is a `JSONError` with the byte at which
/// it stands.
public struct JSONReader: ~Copyable {
  let bytes: [UInt8]
  var position = 0
  /// How to read.
  public let options: JSONReadingOptions
  var depthLeft: Int
  var elementsLeft: Int
  /// The messages around the place of reading, outermost first.
  private var open: [OpenMessage] = []
  /// Where the name stands that was read last.
  private var namePlace = 0
  /// A name that the next message has besides its fields: `@type`.
  private var extraName: String?
  /// Bytes that may still be read a second time.
  private var bytesAgainLeft: Int

  private struct OpenMessage {
    var names: JSONNames
    var seen: Set<UInt32> = []
    var extraName: String?
    var hasSeenExtra = false
    var isFirst = true
  }

  /// The kind of a value, as its first byte tells.
  public enum Kind: Sendable {
    case object
    case list
    case string
    case number
    case bool
    case null
  }

  init(_ bytes: [UInt8], _ options: JSONReadingOptions) {
    self.bytes = bytes
    self.options = options
    depthLeft = options.limits.depthMax
    elementsLeft = options.limits.elementsMax
    bytesAgainLeft = options.limits.bytesMax
  }

  /// The next byte, or `nil` at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// An error at the place of reading.
  public func failure(_ code: JSONError.Code) -> JSONError { JSONError(code, at: position) }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// What a value has begun with that has another first byte than expected.
  func unexpected() -> JSONError { failure(next == nil ? .truncated : .malformed) }

  /// Steps over space, and over `byte` if it comes then.
  mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    position += 1
    return true
  }

  /// The kind of the value that comes next.
  public mutating func kind() throws(JSONError) -> Kind {
    skipSpace()
    guard let first = next else { throw unexpected() }
    switch first {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .list
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw unexpected()
    }
  }

  mutating func expect(_ kind: Kind) throws(JSONError) {
    guard try self.kind() == kind else { throw failure(.wrongKind) }
  }

  /// Reads a word of JSON: `true`, `false` or `null`.
  mutating func word(_ word: StaticString) throws(JSONError) {
    let length = word.utf8CodeUnitCount
    guard bytes.count - position >= length else { throw failure(.truncated) }
    let matches = word.withUTF8Buffer { bytes[position..<position + length].elementsEqual($0) }
    guard matches else { throw failure(.malformed) }
    position += length
  }

  /// Reads `null` if that comes next.
  public mutating func null() throws(JSONError) -> Bool {
    guard try kind() == .null else { return false }
    try word("null")
    return true
  }

  /// Reads `true` or `false`.
  public mutating func bool() throws(JSONError) -> Bool {
    try expect(.bool)
    if next == UInt8(ascii: "t") {
      try word("true")
      return true
    }
    try word("false")
    return false
  }

  mutating func enter() throws(JSONError) {
    guard depthLeft >= 0 else { throw failure(.tooDeep) }
    depthLeft -= 1
  }

  mutating func leave() { depthLeft += 1 }

  mutating func countElement() throws(JSONError) {
    guard elementsLeft > 0 else { throw failure(.tooManyElements) }
    elementsLeft -= 1
  }

  /// Nothing but space may stand behind the message.
  mutating func finish() throws(JSONError) {
    skipSpace()
    guard next == nil else { throw failure(.trailingBytes) }
  }

  // MARK: Messages

  /// Reads the whole value of a message, which is a fresh one.
  public mutating func message<Message: JSONMessage>(
    _ message: inout Message
  ) throws(JSONError) {
    if Message.hasHiddenLevel { try enter() }
    try message.mergeJSON(from: &self)
    if Message.hasHiddenLevel { leave() }
  }

  /// Begins to read an object whose members are fields.
  public mutating func begin(_ names: JSONNames) throws(JSONError) {
    try beginObject()
    open.append(OpenMessage(names: names, extraName: extraName))
    extraName = nil
  }

  /// Lets the message that comes next have one member more, which is stepped over.
  public mutating func allow(extraName name: String) { extraName = name }

  /// The string that the object that comes next has as this member, wherever in it that stands;
  /// `nil` if it has none. The object is read again afterwards. What is read twice so is limited by
  /// `JSONLimits.bytesMax`, too: objects inside of each other would be read often.
  public mutating func lookAhead(for member: String) throws(JSONError) -> String? {
    skipSpace()
    let (start, depth, elements) = (position, depthLeft, elementsLeft)
    try beginObject()
    var found: String?
    var isFirst = true
    while found == nil, let name = try nextName(isFirst: isFirst) {
      isFirst = false
      if name == member { found = try string() } else { try skipValue() }
    }
    guard position - start <= bytesAgainLeft else { throw failure(.tooLarge) }
    bytesAgainLeft -= position - start
    position = start
    depthLeft = depth
    elementsLeft = elements
    return found
  }

  /// The number of the next field that is known and stands before its value; `nil` at the end of
  /// the object. Others are refused, or stepped over, as the options say.
  public mutating func nextField() throws(JSONError) -> UInt32? {
    while var message = open.popLast() {
      guard let name = try nextName(isFirst: message.isFirst) else { return nil }
      let place = namePlace
      message.isFirst = false
      if let number = message.names.number(of: name) {
        guard message.seen.insert(number).inserted else { throw JSONError(.duplicate, at: place) }
        open.append(message)
        return number
      }
      if name == message.extraName {
        guard !message.hasSeenExtra else { throw JSONError(.duplicate, at: place) }
        message.hasSeenExtra = true
      } else if options.unknown == .refused {
        throw JSONError(.unknownField, at: place)
      }
      open.append(message)
      try skipValue()
    }
    return nil
  }

  /// Begins to read an object, with any members.
  public mutating func beginObject() throws(JSONError) {
    try expect(.object)
    try enter()
    position += 1
  }

  /// The name of an object's next member, or `nil` at the end of the object.
  public mutating func nextName(isFirst: Bool) throws(JSONError) -> String? {
    if take(UInt8(ascii: "}")) {
      leave()
      return nil
    }
    if !isFirst {
      guard take(UInt8(ascii: ",")) else { throw unexpected() }
      skipSpace()
    }
    guard next == UInt8(ascii: "\"") else { throw unexpected() }
    namePlace = position
    let name = try string()
    guard take(UInt8(ascii: ":")) else { throw unexpected() }
    return name
  }

  // MARK: Lists

  /// Begins to read a list.
  public mutating func beginList() throws(JSONError) {
    try expect(.list)
    try enter()
    position += 1
  }

  /// Whether a list goes on with an element, which stands next.
  public mutating func nextElement(isFirst: Bool) throws(JSONError) -> Bool {
    if take(UInt8(ascii: "]")) {
      leave()
      return false
    }
    if !isFirst {
      guard take(UInt8(ascii: ",")) else { throw unexpected() }
    }
    try countElement()
    return true
  }
}
