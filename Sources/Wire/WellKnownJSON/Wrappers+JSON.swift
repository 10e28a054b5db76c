// SPDX-License-Identifier: Apache-2.0

public import WireCodec
public import WireJSON
public import WireWellKnown

/// A message around one value, which has the value's JSON: `google.protobuf.Int32Value` and its
/// like.
public protocol JSONSingleValue: JSONMessage {
  /// How the value looks in bytes and in JSON.
  associatedtype Coding: JSONCoding
  /// What is wrapped.
  var value: Coding.Value { get set }
}

extension JSONSingleValue {
  /// It stands in an `Any` as the member `value`.
  public static var hasJSONFields: Bool { false }

  /// Writes the value.
  public func encodeJSON(into writer: inout JSONWriter) { Coding.writeJSON(value, to: &writer) }

  /// Reads the value.
  public mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError) {
    if let read = try Coding.readJSON(from: &reader) { value = read }
  }
}

extension DoubleValue: JSONSingleValue {
  /// How the value looks.
  public typealias Coding = DoubleField
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.DoubleValue" }
}

extension FloatValue: JSONSingleValue {
  /// How the value looks.
  public typealias Coding = FloatField
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.FloatValue" }
}

extension Int64Value: JSONSingleValue {
  /// How the value looks.
  public typealias Coding = Int64Field
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.Int64Value" }
}

extension UInt64Value: JSONSingleValue {
  /// How the value looks.
  public typealias Coding = UInt64Field
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.UInt64Value" }
}

extension Int32Value: JSONSingleValue {
  /// How the value looks.
  public typealias Coding = Int32Field
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.Int32Value" }
}

extension UInt32Value: JSONSingleValue {
  /// How the value looks.
  public typealias Coding = UInt32Field
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.UInt32Value" }
}

extension BoolValue: JSONSingleValue {
  /// How the value looks.
  public typealias Coding = BoolField
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.BoolValue" }
}

extension StringValue: JSONSingleValue {
  /// How the value looks.
  public typealias Coding = StringField
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.StringValue" }
}

extension BytesValue: JSONSingleValue {
  /// How the value looks.
  public typealias Coding = BytesField
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.BytesValue" }
}
