// SPDX-License-Identifier: Apache-2.0

/// The fields of one JSON object, read by name and type. An absent field and `null` are both nil.
///
/// Scalars are coerced as Livy's clients expect: numbers and booleans are accepted where text is
/// wanted, and numeric text where a whole number is wanted.
public struct JSONFields {
  /// What to do with fields that nobody asked for, and with names that stand twice.
  public enum Strictness: Hashable, Sendable {
    /// For requests: every field must be one of these, and stand once.
    case only([String])
    /// For answers of other servers: unknown fields are passed over; the last of two wins.
    case open
  }

  private let values: [String: JSONValue]

  /// Takes an object apart. `type` names it in messages.
  public init(
    _ value: JSONValue, of type: String, strictness: Strictness = .open
  ) throws(JSONError) {
    guard case .object(let members) = value else {
      throw JSONError(.mismatch, "Cannot read \(type) from \(value.typeName): expected an object")
    }
    var values: [String: JSONValue] = [:]
    for member in members {
      if case .only(let known) = strictness {
        guard known.contains(member.name) else {
          let names = known.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
          throw JSONError(
            .mismatch,
            "Unrecognized field \"\(member.name)\" (class \(type)), not marked as ignorable "
              + "(\(known.count) known properties: \(names))")
        }
        guard values[member.name] == nil else {
          throw JSONError(.mismatch, "Duplicate field '\(member.name)' in \(type)")
        }
      }
      values[member.name] = member.value
    }
    self.values = values
  }

  /// The value of a field, if it is there and not `null`.
  public func value(_ name: String) -> JSONValue? {
    guard let value = values[name], value != .null else { return nil }
    return value
  }

  /// A text; a number or a boolean becomes the text it was written as.
  public func text(_ name: String) throws(JSONError) -> String? {
    guard let value = value(name) else { return nil }
    return try Self.text(value, name)
  }

  /// A whole number, or a text that is one.
  public func integer(_ name: String) throws(JSONError) -> Int64? {
    guard let value = value(name) else { return nil }
    switch value {
    case .number(let number):
      if let integer = number.integer { return integer }
    case .string(let text):
      let trimmed = text.drop { $0 == " " }.split(separator: " ", maxSplits: 1)
      if trimmed.isEmpty { return nil }
      if trimmed.count == 1, let integer = Int64(trimmed[0]) { return integer }
    case .null, .bool, .array, .object:
      break
    }
    throw JSONError(
      .mismatch, "Cannot read field \"\(name)\" from \(value.typeName): expected a whole number")
  }

  /// A whole number that fits a Java int.
  public func int32(_ name: String) throws(JSONError) -> Int32? {
    guard let integer = try integer(name) else { return nil }
    guard let narrow = Int32(exactly: integer) else {
      throw JSONError(
        .mismatch, "Numeric value (\(integer)) of field \"\(name)\" out of range of int")
    }
    return narrow
  }

  /// A number of any size, for progress and the like.
  public func double(_ name: String) throws(JSONError) -> Double? {
    guard let value = value(name) else { return nil }
    guard case .number(let number) = value, let double = Double(number.literal) else {
      throw JSONError(
        .mismatch, "Cannot read field \"\(name)\" from \(value.typeName): expected a number")
    }
    return double
  }

  /// A list of texts.
  public func texts(_ name: String) throws(JSONError) -> [String]? {
    guard let values = try array(name) else { return nil }
    var texts: [String] = []
    for value in values { texts.append(try Self.text(value, name)) }
    return texts
  }

  /// A list.
  public func array(_ name: String) throws(JSONError) -> [JSONValue]? {
    guard let value = value(name) else { return nil }
    guard case .array(let values) = value else {
      throw JSONError(
        .mismatch, "Cannot read field \"\(name)\" from \(value.typeName): expected an array")
    }
    return values
  }

  /// Named texts. A name whose value is `null` is as good as absent.
  public func textMap(_ name: String) throws(JSONError) -> [String: String]? {
    guard let value = value(name) else { return nil }
    guard case .object(let members) = value else {
      throw JSONError(
        .mismatch, "Cannot read field \"\(name)\" from \(value.typeName): expected an object")
    }
    var map: [String: String] = [:]
    for member in members where member.value != .null {
      map[member.name] = try Self.text(member.value, "\(name).\(member.name)")
    }
    return map
  }

  private static func text(_ value: JSONValue, _ name: String) throws(JSONError) -> String {
    switch value {
    case .string(let text): return text
    case .number(let number): return number.literal
    case .bool(let bool): return bool ? "true" : "false"
    case .null, .array, .object:
      throw JSONError(
        .mismatch, "Cannot read field \"\(name)\" from \(value.typeName): expected a text")
    }
  }
}
