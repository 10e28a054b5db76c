// SPDX-License-Identifier: Apache-2.0

/// Writes values of proto3 one after the other into memory that has been measured before.
///
/// To write past the end means that `encodedSize` and `encode` of a message disagree: a mistake of
/// the schema compiler, never of a peer. It stops the program before any foreign byte is touched.
public struct MessageWriter: ~Copyable {
  /// Up to so many bytes `encoded()` goes over the stack.
  @inlinable static var copiedBytesMax: Int { 1024 }

  @usableFromInline let start: UnsafeMutableRawPointer
  @usableFromInline var end: UnsafeMutableRawPointer
  @usableFromInline var cursor: UnsafeMutableRawPointer
  /// Where a long last value goes instead of into the memory.
  ///
  /// Proof for the pointer: `encodedApart` makes it of a variable of its own, for the length of a
  /// closure in which the writer lives, and a writer can neither be copied nor kept.
  @usableFromInline let apart: UnsafeMutablePointer<[UInt8]>?

  /// `nil` if there is no memory to write to. The memory must outlive the writer.
  @inlinable
  public init?(_ buffer: UnsafeMutableRawBufferPointer) {
    self.init(buffer, apart: nil)
  }

  /// The same for `apart`.
  @inlinable
  init?(_ buffer: UnsafeMutableRawBufferPointer, apart: UnsafeMutablePointer<[UInt8]>?) {
    guard let base = buffer.baseAddress else { return nil }
    start = base
    cursor = base
    end = base + buffer.count
    self.apart = apart
  }

  /// Bytes written so far.
  @inlinable public var count: Int { cursor - start }

  @inlinable @inline(__always)
  mutating func advance(_ count: Int) -> UnsafeMutableRawPointer {
    precondition(count <= end - cursor, "a message is larger than its encodedSize")
    let place = cursor
    cursor += count
    return place
  }

  /// What stands before a value.
  @inlinable @inline(__always)
  public mutating func tag(_ field: UInt32, _ type: WireType) {
    let tag = Tag.make(field, type)
    if tag < 0x80 {
      advance(1).storeBytes(of: UInt8(truncatingIfNeeded: tag), as: UInt8.self)
    } else {
      varint(UInt64(tag))
    }
  }

  /// A number in as many bytes as it needs.
  ///
  /// Proof for the stores: a number has at most `Varint.bytesMax` bytes, and there is room for so
  /// many. It is asked for once, and not for each byte, but in the last bytes of the memory.
  @inlinable @inline(__always)
  public mutating func varint(_ value: UInt64) {
    guard end - cursor >= Varint.bytesMax else { return lastVarint(value) }
    var place = cursor
    var rest = value
    while rest >= 0x80 {
      place.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      place += 1
      rest >>= 7
    }
    place.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    cursor = place + 1
  }

  /// A number for which there may just be room.
  @usableFromInline
  mutating func lastVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      advance(1).storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      rest >>= 7
    }
    advance(1).storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
  }

  /// Four bytes, the low one first.
  @inlinable @inline(__always)
  public mutating func fixed32(_ value: UInt32) {
    advance(4).storeBytes(of: value.littleEndian, as: UInt32.self)
  }

  /// Eight bytes, the low one first.
  @inlinable @inline(__always)
  public mutating func fixed64(_ value: UInt64) {
    advance(8).storeBytes(of: value.littleEndian, as: UInt64.self)
  }

  /// Bytes as they are.
  @inlinable @inline(__always)
  public mutating func raw(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    advance(bytes.count).copyMemory(from: base, byteCount: bytes.count)
  }

  /// Bytes with their length before them.
  @inlinable @inline(__always)
  public mutating func delimited(_ bytes: UnsafeRawBufferPointer) {
    varint(UInt64(bytes.count))
    raw(bytes)
  }

  /// A value of type `bytes`, with its length before it.
  @inlinable @inline(__always)
  mutating func bytes(_ value: [UInt8]) {
    if value.count >= EncodedMessage.tailBytesMin, let apart, setApart(value, to: apart) { return }
    value.withUnsafeBytes { delimited($0) }
  }

  /// False for a value that is not the last, or stands behind too much. The last one fills the memory
  /// that was measured, to the byte; inside of another message it does not, since there is room for
  /// that one's length then.
  @usableFromInline
  mutating func setApart(_ value: [UInt8], to apart: UnsafeMutablePointer<[UInt8]>) -> Bool {
    let bytes = Varint.size(UInt64(value.count)) + value.count
    guard count <= EncodedMessage.headBytesMax - Varint.bytesMax, end - cursor == bytes
    else { return false }
    varint(UInt64(value.count))
    apart.pointee = value
    end = cursor
    return true
  }

  /// A message with its length before it.
  ///
  /// The length is known only afterwards: one byte is left for it, and where it needs more the
  /// message moves up. That costs less than to measure each message again at each level, and it
  /// never needs more room than the final bytes do.
  @inlinable
  public mutating func message(_ message: some WireMessage) {
    let length = advance(1)
    let body = cursor
    message.encode(into: &self)
    let size = cursor - body
    if size < 0x80 {
      length.storeBytes(of: UInt8(truncatingIfNeeded: size), as: UInt8.self)
    } else {
      let gap = Varint.size(UInt64(size)) - 1
      _ = advance(gap)
      (body + gap).copyMemory(from: body, byteCount: size)
      let after = cursor
      cursor = length
      varint(UInt64(size))
      cursor = after
    }
  }

  /// Fields that the schema does not know, as they came.
  @inlinable @inline(__always)
  public mutating func unknown(_ fields: UnknownFields) {
    if fields.isEmpty { return }
    fields.bytes.withUnsafeBytes { raw($0) }
  }
}
