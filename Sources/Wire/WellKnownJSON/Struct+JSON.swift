// SPDX-License-Identifier: Apache-2.0

internal import WireCodec
public import WireJSON
public import WireWellKnown

extension Struct: JSONMessage {
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.Struct" }
  /// It stands in an `Any` as the member `value`.
  public static var hasJSONFields: Bool { false }

  /// Writes any object.
  public func encodeJSON(into writer: inout JSONWriter) {
    writer.object(fields, key: StringField.self, value: MessageField<Value>.self)
  }

  /// Reads any object.
  public mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError) {
    guard try reader.kind() == .object else { throw reader.failure(.wrongKind) }
    try reader.map(&fields, key: StringField.self, value: MessageField<Value>.self)
  }
}

extension ListValue: JSONMessage {
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.ListValue" }
  /// It stands in an `Any` as the member `value`.
  public static var hasJSONFields: Bool { false }
  /// Its brackets are one level, and each `Value` between them has its own.
  public static var hasHiddenLevel: Bool { false }

  /// Writes any list.
  public func encodeJSON(into writer: inout JSONWriter) {
    writer.list(values, as: MessageField<Value>.self)
  }

  /// Reads any list.
  public mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError) {
    guard try reader.kind() == .list else { throw reader.failure(.wrongKind) }
    try reader.repeated(&values, as: MessageField<Value>.self)
  }
}

extension Value: JSONMessage {
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.Value" }
  /// It stands in an `Any` as the member `value`.
  public static var hasJSONFields: Bool { false }
  /// `null` is one of its kinds.
  public static var readsJSONNull: Bool { true }

  /// Writes any value. One of no kind, or a number that JSON has not, cannot be written.
  public func encodeJSON(into writer: inout JSONWriter) {
    switch kind {
    case .nullValue: writer.null()
    case .numberValue(let number) where number.isFinite: writer.float(number)
    case .stringValue(let text): writer.string(text)
    case .boolValue(let flag): writer.bool(flag)
    case .structValue(let object): writer.value(object, as: MessageField<Struct>.self)
    case .listValue(let list): writer.value(list, as: MessageField<ListValue>.self)
    case .numberValue, nil: writer.fail(.unwritable)
    }
  }

  /// Reads any value.
  public mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError) {
    switch try reader.kind() {
    case .null:
      _ = try reader.null()
      kind = .nullValue(.nullValue)
    case .number: kind = .numberValue(try reader.float(Double.self))
    case .string: kind = .stringValue(try reader.string())
    case .bool: kind = .boolValue(try reader.bool())
    case .object:
      var object = Struct()
      try reader.message(&object)
      kind = .structValue(object)
    case .list:
      var list = ListValue()
      try reader.message(&list)
      kind = .listValue(list)
    }
  }
}

extension NullValue: JSONEnum {
  /// The name of its one value; written is `null`.
  public static let jsonNames: JSONEnumNames = ["NULL_VALUE": 0]
  /// `null` is its value.
  public static var readsJSONNull: Bool { true }
}
