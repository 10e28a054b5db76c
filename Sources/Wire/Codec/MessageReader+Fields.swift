// SPDX-License-Identifier: Apache-2.0

/// One verb for each way in which a field can be present, as in `MessageWriter`.
extension MessageReader {
  /// A field without presence. The last value wins.
  @inlinable @inline(__always)
  public mutating func singular<F: FieldCoding>(
    _ value: inout F.Value, as: F.Type
  ) throws(CodecError) {
    value = try F.read(from: &self)
  }

  /// A field with presence. A message merges into the one that came earlier.
  @inlinable @inline(__always)
  public mutating func optional<F: FieldCoding>(
    _ value: inout F.Value?, as: F.Type
  ) throws(CodecError) {
    if var merged = value.take() {
      try F.merge(&merged, from: &self)
      value = merged
    } else {
      value = try F.read(from: &self)
    }
  }

  /// The member of a oneof.
  @inlinable @inline(__always)
  public mutating func member<F: FieldCoding>(as: F.Type) throws(CodecError) -> F.Value {
    try F.read(from: &self)
  }

  /// The member of a oneof. A message merges into `earlier`, the same member that came before it,
  /// which nobody else should have: it is changed where it lies.
  @inlinable @inline(__always)
  public mutating func member<F: FieldCoding>(
    merging earlier: inout F.Value?, as: F.Type
  ) throws(CodecError) -> F.Value {
    guard var merged = earlier.take() else { return try F.read(from: &self) }
    try F.merge(&merged, from: &self)
    return merged
  }

  /// One element of a list, behind a tag of its own.
  @inlinable
  public mutating func repeated<F: FieldCoding>(
    _ values: inout [F.Value], as: F.Type
  ) throws(CodecError) {
    try countElement()
    values.append(try F.read(from: &self))
  }

  /// A list of numbers behind one length. Lists that come in several pieces are joined.
  @inlinable
  public mutating func packed<F: PackableCoding>(
    _ values: inout [F.Value], as: F.Type
  ) throws(CodecError) {
    let place = offset
    let length = try length()
    if let size = F.fixedSize {
      guard length % size == 0 else { throw CodecError(.invalidLength, at: place) }
      guard length / size <= elementsLeft else { throw CodecError(.tooManyElements, at: place) }
      // Not to the element where more may come: each piece would move all that came before.
      let needed = values.count + length / size
      if needed > values.capacity {
        values.reserveCapacity(values.isEmpty ? needed : max(needed, 2 * values.capacity))
      }
    }
    let outer = end
    end = cursor + length
    while cursor < end {
      try countElement()
      values.append(try F.read(from: &self))
    }
    end = outer
  }

  /// One entry of a map. A key or value that is missing has its default; of two entries with one
  /// key the last one wins. Fields of an entry other than key and value are dropped.
  @inlinable
  public mutating func map<K: MapKeyCoding, V: FieldCoding>(
    _ entries: inout [K.Value: V.Value], key: K.Type, value: V.Type
  ) throws(CodecError) {
    try countElement()
    let outer = try enter()
    var entryKey = K.defaultValue
    var entryValue = V.defaultValue
    var hasValue = false
    while let tag = try nextTag() {
      switch tag {
      case Tag.make(1, K.wireType): entryKey = try K.read(from: &self)
      case Tag.make(2, V.wireType):
        try V.merge(&entryValue, from: &self)
        hasValue = true
      default: try skip(tag)
      }
    }
    // A message that is missing here is written, empty, and is one level more then.
    if !hasValue, depthLeft == 0, !V.isDefault(entryValue) {
      throw CodecError(.tooDeep, at: offset)
    }
    leave(to: outer)
    entries[entryKey] = entryValue
  }
}
