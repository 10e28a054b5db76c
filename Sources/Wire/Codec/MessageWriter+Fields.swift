// SPDX-License-Identifier: Apache-2.0

/// One verb for each way in which a field can be present. `MessageSize` has the same ones.
extension MessageWriter {
  /// A field without presence: left out if it has its default.
  @inlinable @inline(__always)
  public mutating func singular<F: FieldCoding>(_ field: UInt32, _ value: F.Value, as: F.Type) {
    if !F.isDefault(value) { member(field, value, as: F.self) }
  }

  /// A field with presence: an `optional` one, or a message.
  @inlinable @inline(__always)
  public mutating func optional<F: FieldCoding>(_ field: UInt32, _ value: F.Value?, as: F.Type) {
    if let value { member(field, value, as: F.self) }
  }

  /// A value that is always written: the member that a oneof has.
  @inlinable @inline(__always)
  public mutating func member<F: FieldCoding>(_ field: UInt32, _ value: F.Value, as: F.Type) {
    tag(field, F.wireType)
    F.write(value, to: &self)
  }

  /// A list, each element with a tag of its own.
  @inlinable
  public mutating func repeated<F: FieldCoding>(_ field: UInt32, _ values: [F.Value], as: F.Type) {
    for value in values { member(field, value, as: F.self) }
  }

  /// A list of numbers behind one tag and one length.
  @inlinable
  public mutating func packed<F: PackableCoding>(_ field: UInt32, _ values: [F.Value], as: F.Type) {
    if values.isEmpty { return }
    tag(field, .lengthDelimited)
    varint(UInt64(MessageSize.packedPayload(values, as: F.self)))
    for value in values { F.write(value, to: &self) }
  }

  /// A map: a list of messages with the key as field 1 and the value as field 2, in order of the
  /// keys.
  @inlinable
  public mutating func map<K: MapKeyCoding, V: FieldCoding>(
    _ field: UInt32, _ entries: [K.Value: V.Value], key: K.Type, value: V.Type
  ) {
    if entries.isEmpty { return }
    for entry in entries.sorted(by: { K.precedes($0.key, $1.key) }) {
      tag(field, .lengthDelimited)
      varint(UInt64(MessageSize.mapEntry(entry, key: K.self, value: V.self)))
      member(1, entry.key, as: K.self)
      member(2, entry.value, as: V.self)
    }
  }
}
