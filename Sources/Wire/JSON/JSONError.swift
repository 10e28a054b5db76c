// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the JSON form of the message that it was read as, or why a message has none.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Code: Sendable, CaseIterable {
    /// The text ends inside of a value.
    case truncated
    /// The text is not JSON.
    case malformed
    /// Something stands behind the message.
    case trailingBytes
    /// A string or a name is not UTF-8.
    case invalidUTF8
    /// A `\` with nothing valid behind it, or one half of a surrogate pair alone.
    case invalidEscape
    /// JSON's value has another kind than the field: a list where a number belongs.
    case wrongKind
    /// `null` where a value must be: as an element of a list or a value of a map.
    case unexpectedNull
    /// A number that the field's type does not hold: too large, or with a fraction.
    case outOfRange
    /// A string that is not base64.
    case invalidBase64
    /// A string or number that is not in the form that its type has in JSON: a time, a key.
    case invalidForm
    /// A name that the message has no field for.
    case unknownField
    /// A name that the enum has no value for.
    case unknownEnumValue
    /// The type in an `Any` that the caller's `JSONTypes` does not hold.
    case unknownType
    /// A field, or a key of a map, that comes twice.
    case duplicate
    /// Two fields of one oneof.
    case oneofTwice
    /// A message whose value cannot be told in JSON: a time out of its range, a `Value` of no kind.
    case unwritable
    /// More bytes than `JSONLimits.bytesMax`, or `JSONWritingOptions.anyBytesMax`.
    case tooLarge
    /// Objects and lists nested deeper than `JSONLimits.depthMax`.
    case tooDeep
    /// More elements of lists and maps than `JSONLimits.elementsMax`.
    case tooManyElements
  }

  /// What is wrong.
  public var code: Code
  /// The byte of the text at which reading, or writing, stopped.
  public var offset: Int

  /// An error at a byte.
  public init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }

  /// What is wrong and where, in words.
  public var description: String { "\(code.reason), at byte \(offset) of the JSON" }
}

extension JSONError.Code {
  fileprivate var reason: String {
    switch self {
    case .truncated: "the text ends inside of a value"
    case .malformed: "the text is not JSON"
    case .trailingBytes: "something stands behind the message"
    case .invalidUTF8: "a string is not UTF-8"
    case .invalidEscape: "a string has an escape that stands for nothing"
    case .wrongKind: "the value has another kind than its field"
    case .unexpectedNull: "null stands where a value must be"
    case .outOfRange: "a number does not fit its type"
    case .invalidBase64: "a string is not base64"
    case .invalidForm: "a value does not have the form of its type"
    case .unknownField: "the message has no field of this name"
    case .unknownEnumValue: "the enum has no value of this name"
    case .unknownType: "the type of an Any is not among the known ones"
    case .duplicate: "a field or a key comes twice"
    case .oneofTwice: "two fields of one oneof are set"
    case .unwritable: "the message's value has no form in JSON"
    case .tooLarge: "the text, or what its Anys hold, is larger than the limit"
    case .tooDeep: "values are nested deeper than the limit"
    case .tooManyElements: "lists and maps have more elements than the reader's limit"
    }
  }
}
