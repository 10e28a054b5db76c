// SPDX-License-Identifier: Apache-2.0

internal import WireCodec
public import WireJSON
public import WireWellKnown

/// `{"@type": "type.googleapis.com/livy.Event", …}` with the fields of the message, or with `value`
/// where the type's JSON is no object of fields. Only types that the options name are read and
/// written.
extension AnyMessage: JSONMessage {
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.Any" }
  /// It stands in an `Any` as the member `value`.
  public static var hasJSONFields: Bool { false }
  /// Its JSON is an object.
  public static var hasHiddenLevel: Bool { false }

  /// Writes the message inside, with its type.
  public func encodeJSON(into writer: inout JSONWriter) {
    if typeURL.isEmpty, value.isEmpty {
      writer.beginObject()
      writer.endObject()
      return
    }
    guard let type = writer.options.types.type(ofURL: typeURL) else {
      return writer.fail(.unknownType)
    }
    encode(type, into: &writer)
  }

  private func encode<Message: JSONMessage>(
    _ type: Message.Type, into writer: inout JSONWriter
  ) {
    guard writer.takeAnyBytes(value.count) else { return }
    guard let message = try? Message(decoding: value) else { return writer.fail(.unwritable) }
    if Message.hasJSONFields {
      writer.announce(typeURL: typeURL)
      writer.value(message, as: MessageField<Message>.self)
      return
    }
    writer.beginObject()
    writer.name("@type")
    writer.string(typeURL)
    writer.name("value")
    writer.value(message, as: MessageField<Message>.self)
    writer.endObject()
  }

  /// Reads the message inside.
  public mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError) {
    guard let url = try reader.lookAhead(for: "@type") else {
      // Without a type there is no message, and nothing else may be there.
      try reader.begin([])
      guard try reader.nextField() == nil else { throw reader.failure(.invalidForm) }
      return
    }
    guard let type = reader.options.types.type(ofURL: url) else {
      throw reader.failure(.unknownType)
    }
    typeURL = url
    value = try Self.bytes(of: type, &reader)
  }

  private static func bytes<Message: JSONMessage>(
    of type: Message.Type, _ reader: inout JSONReader
  ) throws(JSONError) -> [UInt8] {
    var message = Message()
    reader.allow(extraName: "@type")
    if Message.hasJSONFields {
      try reader.message(&message)
      return message.encoded()
    }
    try reader.begin([JSONName(1, "value")])
    var isThere = false
    while try reader.nextField() != nil {
      try reader.message(&message)
      isThere = true
    }
    guard isThere else { throw reader.failure(.invalidForm) }
    return message.encoded()
  }
}

extension Empty: JSONMessage {
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.Empty" }

  /// Writes `{}`.
  public func encodeJSON(into writer: inout JSONWriter) {
    writer.begin([])
    writer.end()
  }

  /// Reads an object without members.
  public mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError) {
    try reader.begin([])
    while try reader.nextField() != nil { try reader.skipValue() }
  }
}
