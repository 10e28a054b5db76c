// SPDX-License-Identifier: Apache-2.0

/// Words that a generated name must not be, or must be escaped to be.
enum SwiftKeywords {
  /// Words of the language that can be names between backticks.
  static let escaped: Set<String> = [
    "associatedtype", "borrowing", "class", "consuming", "deinit", "enum", "extension",
    "fileprivate", "func", "import", "inout", "internal", "let", "open", "operator", "private",
    "precedencegroup", "protocol", "public", "rethrows", "static", "struct", "subscript",
    "typealias", "var", "break", "case", "catch", "continue", "default", "defer", "do", "else",
    "fallthrough", "for", "guard", "if", "in", "repeat", "return", "switch", "throw", "where",
    "while", "as", "false", "is", "nil", "super", "throws", "true", "try", "await", "any", "some",
  ]

  /// Names that mean something else even between backticks.
  static let never: Set<String> = ["init", "self", "_"]

  /// Members that each generated message has.
  static let messageMembers: Set<String> = [
    "debugDescription", "describe", "description", "encode", "encodeJSON", "encoded", "encodedSize",
    "hash", "hashValue", "json", "jsonBytes",
    "merge", "mergeJSON", "unknownFields",
  ]

  /// Members that each generated enum has.
  static let enumMembers: Set<String> = [
    "hash", "hashValue", "jsonNames", "rawValue", "unrecognized",
  ]

  /// Cases that `Optional` has, since a oneof is one, and `.none` would mean that nothing is set;
  /// and what a oneof with a secret has.
  static let oneofMembers: Set<String> = ["description", "none", "some"]

  /// Members that each generated client has.
  static let clientMembers: Set<String> = ["connection"]

  /// Names of functions' parameters and variables in generated code: behind them a property needs
  /// `self.`.
  static let locals: Set<String> = [
    "earlier", "field", "printer", "reader", "size", "tag", "value", "writer",
  ]

  /// Types that generated code names, and those that a type cannot be called.
  static let types = Set(ScalarType.allCases.map(\.coding)).union([
    "Any", "Protocol", "Self", "Type", "Bool", "Double", "Duration", "Float", "Hashable", "Int",
    "Int32", "Int64", "JSONEnum", "JSONEnumNames", "JSONError", "JSONMessage", "JSONName",
    "JSONNames",
    "JSONReader", "JSONWriter", "Sendable", "String", "UInt32", "UInt64", "UInt8",
    "BidirectionalCall",
    "BidirectionalStreamingMethod", "Boxed", "CallContext", "CallError", "ClientStreamingCall",
    "ClientStreamingMethod", "CodecError", "Connection", "CustomStringConvertible", "EnumField",
    "ItemSink", "ItemStream",
    "MessageField", "MessagePrinter", "MessageReader", "MessageSize", "MessageWriter",
    "MethodTable",
    "ServerStreamingMethod", "UnaryMethod", "UnknownFields", "WireEnum", "WireMessage", "Swift",
    "Wire", "WireCodec", "WireJSON", "WireWellKnown", "WireWellKnownJSON",
  ])

  /// Written as one word in capitals where they do not begin a name.
  static let acronyms: Set<String> = [
    "api", "http", "https", "id", "ip", "json", "rpc", "sql", "tls", "ui", "uri", "url", "uuid",
  ]
}

extension ScalarType {
  /// The type in `WireCodec` that reads and writes it.
  var coding: String {
    switch self {
    case .double: "DoubleField"
    case .float: "FloatField"
    case .int32: "Int32Field"
    case .int64: "Int64Field"
    case .uint32: "UInt32Field"
    case .uint64: "UInt64Field"
    case .sint32: "SInt32Field"
    case .sint64: "SInt64Field"
    case .fixed32: "Fixed32Field"
    case .fixed64: "Fixed64Field"
    case .sfixed32: "SFixed32Field"
    case .sfixed64: "SFixed64Field"
    case .bool: "BoolField"
    case .string: "StringField"
    case .bytes: "BytesField"
    }
  }

  var swiftType: String {
    switch self {
    case .double: "Double"
    case .float: "Float"
    case .int32, .sint32, .sfixed32: "Int32"
    case .int64, .sint64, .sfixed64: "Int64"
    case .uint32, .fixed32: "UInt32"
    case .uint64, .fixed64: "UInt64"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "[UInt8]"
    }
  }

  var swiftDefault: String {
    switch self {
    case .double, .float, .int32, .int64, .uint32, .uint64, .sint32, .sint64, .fixed32, .fixed64,
      .sfixed32, .sfixed64:
      "0"
    case .bool: "false"
    case .string: "\"\""
    case .bytes: "[]"
    }
  }
}
