// SPDX-License-Identifier: Apache-2.0

public import WireCodec

/// A message in proto3's JSON mapping (https://protobuf.dev/programming-guides/json).
/// `schemac generate --json` generates the conformances; those of Google's well-known types are
/// written by hand.
public protocol JSONMessage: WireMessage {
  /// With package and surrounding messages: `google.protobuf.Duration`.
  static var jsonTypeName: String { get }
  /// Whether its JSON is an object with a member for each field. Others stand in an `Any` as the
  /// member `value`.
  static var hasJSONFields: Bool { get }
  /// Whether `null` is a value of it, and not a field that is not set.
  static var readsJSONNull: Bool { get }

  /// Whether its JSON has one brace or bracket less around a value than its bytes have messages.
  /// That one counts against the limit of depth, too: what is read from JSON is never nested too
  /// deep to be read from bytes.
  static var hasHiddenLevel: Bool { get }

  /// Writes the whole value. What cannot be written is told to the writer by `fail`.
  func encodeJSON(into writer: inout JSONWriter)

  /// Reads the whole value into this message, which is a fresh one.
  mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError)
}

extension JSONMessage {
  /// As most messages have it.
  public static var hasJSONFields: Bool { true }
  /// As most messages have it.
  public static var readsJSONNull: Bool { false }
  /// Text, numbers and the like have no braces, but are messages in bytes.
  public static var hasHiddenLevel: Bool { !hasJSONFields }

  /// The message's JSON, in UTF-8, without spaces. Fields that the schema does not know have no
  /// form in JSON and are left out.
  public func jsonBytes(_ options: JSONWritingOptions = .init()) throws(JSONError) -> [UInt8] {
    var writer = JSONWriter(options)
    writer.message(self)
    if let failure = writer.failure { throw failure }
    return writer.bytes
  }

  /// The message's JSON as text.
  public func json(_ options: JSONWritingOptions = .init()) throws(JSONError) -> String {
    String(decoding: try jsonBytes(options), as: UTF8.self)
  }

  /// Reads a message from its JSON in UTF-8.
  public init(json bytes: [UInt8], _ options: JSONReadingOptions = .init()) throws(JSONError) {
    self.init()
    guard bytes.count <= options.limits.bytesMax else {
      throw JSONError(.tooLarge, at: options.limits.bytesMax)
    }
    var reader = JSONReader(bytes, options)
    try reader.message(&self)
    try reader.finish()
  }

  /// Reads a message from its JSON.
  public init(json text: String, _ options: JSONReadingOptions = .init()) throws(JSONError) {
    try self.init(json: Array(text.utf8), options)
  }
}
