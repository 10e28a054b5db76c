// SPDX-License-Identifier: Apache-2.0

/// One verb for each way in which a field can be present, as in `MessageReader`. `null` is a field
/// that is not set.
extension JSONReader {
  /// A field without presence.
  public mutating func singular<F: JSONCoding>(
    _ value: inout F.Value, as: F.Type
  ) throws(JSONError) {
    if let read = try fieldValue(as: F.self) { value = read }
  }

  /// A field with presence.
  public mutating func optional<F: JSONCoding>(
    _ value: inout F.Value?, as: F.Type
  ) throws(JSONError) {
    if let read = try fieldValue(as: F.self) { value = read }
  }

  /// The value of a oneof's field, or `nil` if it is not set. `earlier` is what the oneof has
  /// already, where no second field may come.
  public mutating func member<F: JSONCoding, Oneof>(
    beside earlier: Oneof?, as: F.Type
  ) throws(JSONError) -> F.Value? {
    skipSpace()
    let place = position
    guard let value = try fieldValue(as: F.self) else { return nil }
    guard earlier == nil else { throw JSONError(.oneofTwice, at: place) }
    return value
  }

  /// A list, whose elements cannot be `null`.
  public mutating func repeated<F: JSONCoding>(
    _ values: inout [F.Value], as: F.Type
  ) throws(JSONError) {
    if try null() { return }
    try beginList()
    var isFirst = true
    while try nextElement(isFirst: isFirst) {
      isFirst = false
      if let value = try elementValue(as: F.self) { values.append(value) }
    }
  }

  /// A map, as an object whose names are the keys. No key may come twice.
  public mutating func map<K: JSONKeyCoding, V: JSONCoding>(
    _ entries: inout [K.Value: V.Value], key: K.Type, value: V.Type
  ) throws(JSONError) {
    if try null() { return }
    try beginObject()
    var seen: Set<K.Value> = []
    var isFirst = true
    while let name = try nextName(isFirst: isFirst) {
      isFirst = false
      guard let key = K.value(ofKey: name) else { throw failure(.invalidForm) }
      guard seen.insert(key).inserted else { throw failure(.duplicate) }
      try countElement()
      if let value = try elementValue(as: V.self) { entries[key] = value }
    }
  }

  /// `nil` if the value is `null`, or a name that no value of an enum has and that is to be
  /// ignored.
  private mutating func fieldValue<F: JSONCoding>(as: F.Type) throws(JSONError) -> F.Value? {
    if !F.readsJSONNull, try null() { return nil }
    return try F.readJSON(from: &self)
  }

  private mutating func elementValue<F: JSONCoding>(as: F.Type) throws(JSONError) -> F.Value? {
    if !F.readsJSONNull, try kind() == .null { throw failure(.unexpectedNull) }
    return try F.readJSON(from: &self)
  }
}
