// SPDX-License-Identifier: Apache-2.0

/// Adds up the bytes that a `MessageWriter` will write, with the same verbs.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
public struct MessageSize {
  public var bytes = 0

  @inlinable
  public init() {}

  @inlinable @inline(__always)
  public mutating func singular<F: FieldCoding>(_ field: UInt32, _ value: F.Value, as: F.Type) {
    if !F.isDefault(value) { member(field, value, as: F.self) }
  }

  @inlinable @inline(__always)
  public mutating func optional<F: FieldCoding>(_ field: UInt32, _ value: F.Value?, as: F.Type) {
    if let value { member(field, value, as: F.self) }
  }

  @inlinable @inline(__always)
  public mutating func member<F: FieldCoding>(_ field: UInt32, _ value: F.Value, as: F.Type) {
    bytes += Tag.size(field) + F.size(value)
  }

  @inlinable
  public mutating func repeated<F: FieldCoding>(_ field: UInt32, _ values: [F.Value], as: F.Type) {
    bytes += values.count * Tag.size(field)
    for value in values { bytes += F.size(value) }
  }

  @inlinable
  public mutating func packed<F: PackableCoding>(_ field: UInt32, _ values: [F.Value], as: F.Type) {
    if values.isEmpty { return }
    let payload = Self.packedPayload(values, as: F.self)
    bytes += Tag.size(field) + Varint.size(UInt64(payload)) + payload
  }

  @inlinable
  public mutating func map<K: MapKeyCoding, V: FieldCoding>(
    _ field: UInt32, _ entries: [K.Value: V.Value], key: K.Type, value: V.Type
  ) {
    for entry in entries {
      let size = Self.mapEntry(entry, key: K.self, value: V.self)
      bytes += Tag.size(field) + Varint.size(UInt64(size)) + size
    }
  }

  @inlinable
  public mutating func unknown(_ fields: UnknownFields) {
    bytes += fields.bytes.count
  }

  @inlinable
  static func packedPayload<F: PackableCoding>(_ values: [F.Value], as: F.Type) -> Int {
    if let size = F.fixedSize { return values.count * size }
    var payload = 0
    for value in values { payload += F.size(value) }
    return payload
  }

  /// Both fields are written even if they have their defaults, as protobuf's runtimes do.
  @inlinable
  static func mapEntry<K: MapKeyCoding, V: FieldCoding>(
    _ entry: (key: K.Value, value: V.Value), key: K.Type, value: V.Type
  ) -> Int {
    2 + K.size(entry.key) + V.size(entry.value)
  }
}
