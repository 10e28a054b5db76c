// SPDX-License-Identifier: Apache-2.0

public import WireCodec

/// One verb for each way in which a field can be present, as in `MessageWriter`.
extension JSONWriter {
  /// A field without presence: left out if it has its default, unless the options say otherwise.
  public mutating func singular<F: JSONCoding>(_ field: UInt32, _ value: F.Value, as: F.Type) {
    if options.defaults == .printed || !F.isDefault(value) { member(field, value, as: F.self) }
  }

  /// A field with presence: left out if it is not set.
  public mutating func optional<F: JSONCoding>(_ field: UInt32, _ value: F.Value?, as: F.Type) {
    if let value { member(field, value, as: F.self) }
  }

  /// A value that is always written: the member that a oneof has.
  public mutating func member<F: JSONCoding>(_ field: UInt32, _ value: F.Value, as: F.Type) {
    name(of: field)
    self.value(value, as: F.self)
  }

  /// A list; left out if it is empty, unless the options say otherwise.
  public mutating func repeated<F: JSONCoding>(_ field: UInt32, _ values: [F.Value], as: F.Type) {
    if values.isEmpty, options.defaults == .omitted { return }
    name(of: field)
    list(values, as: F.self)
  }

  /// A list that is packed in bytes. Packed or not is all the same in JSON.
  public mutating func packed<F: JSONCoding>(_ field: UInt32, _ values: [F.Value], as: F.Type) {
    repeated(field, values, as: F.self)
  }

  /// A map, as an object in order of the keys, so that equal messages have equal texts.
  public mutating func map<K: JSONKeyCoding, V: JSONCoding>(
    _ field: UInt32, _ entries: [K.Value: V.Value], key: K.Type, value: V.Type
  ) {
    if entries.isEmpty, options.defaults == .omitted { return }
    name(of: field)
    object(entries, key: K.self, value: V.self)
  }

  // MARK: Values without a field

  /// A list of values.
  public mutating func list<F: JSONCoding>(_ values: [F.Value], as: F.Type) {
    beginList()
    for value in values {
      element()
      self.value(value, as: F.self)
    }
    endList()
  }

  /// An object with a member for each entry, in order of the keys.
  public mutating func object<K: JSONKeyCoding, V: JSONCoding>(
    _ entries: [K.Value: V.Value], key: K.Type, value: V.Type
  ) {
    beginObject()
    for entry in entries.sorted(by: { K.precedes($0.key, $1.key) }) {
      name(K.key(entry.key))
      self.value(entry.value, as: V.self)
    }
    endObject()
  }

  /// A value.
  public mutating func value<F: JSONCoding>(_ value: F.Value, as: F.Type) {
    if failure == nil { F.writeJSON(value, to: &self) }
  }
}
