// SPDX-License-Identifier: Apache-2.0

/// Reads values of proto3 one after the other from memory, and never past its end.
///
/// All that it reads comes from a peer: each mistake is a `CodecError` with the byte at which it
/// stands.
public struct MessageReader: ~Copyable {
  @usableFromInline let start: UnsafeRawPointer
  @usableFromInline var cursor: UnsafeRawPointer
  /// The end of the innermost message.
  @usableFromInline var end: UnsafeRawPointer
  /// Where the tag stands that was read last.
  @usableFromInline var tagStart: UnsafeRawPointer
  @usableFromInline var depthLeft: Int
  @usableFromInline var elementsLeft: Int
  /// A value that stands behind the memory, until it is read.
  ///
  /// Proof for the pointer: `init(readingApart:)` makes it of a variable of its own, for the length of
  /// a closure in which the reader lives, and a reader can neither be copied nor kept.
  @usableFromInline let apart: UnsafeMutablePointer<[UInt8]>?

  /// `nil` if there is nothing to read. The memory must outlive the reader.
  @inlinable
  public init?(_ bytes: UnsafeRawBufferPointer, limits: CodecLimits = .standard) {
    self.init(bytes, limits: limits, apart: nil)
  }

  /// The same for `apart`.
  @inlinable
  init?(
    _ bytes: UnsafeRawBufferPointer, limits: CodecLimits, apart: UnsafeMutablePointer<[UInt8]>?
  ) {
    guard let base = bytes.baseAddress else { return nil }
    start = base
    cursor = base
    tagStart = base
    end = base + bytes.count
    depthLeft = limits.depthMax
    elementsLeft = limits.elementsMax
    self.apart = apart
  }

  /// Bytes read so far, of the outermost message.
  @inlinable public var offset: Int { cursor - start }

  /// The next field's tag, or `nil` at the end of the message.
  ///
  /// As protobuf's own readers have it, a tag has at most five bytes and 32 bits; fewer bits in
  /// more bytes are fine.
  @inlinable @inline(__always)
  public mutating func nextTag() throws(CodecError) -> UInt32? {
    tagStart = cursor
    guard cursor < end else { return nil }
    let first = cursor.load(as: UInt8.self)
    if first >= 0x08 && first < 0x80 {
      cursor += 1
      return UInt32(first)
    }
    return try longTag()
  }

  @usableFromInline
  mutating func longTag() throws(CodecError) -> UInt32 {
    let tag = try shortVarint()
    guard tag <= UInt64(UInt32.max), tag >> 3 != 0 else {
      throw CodecError(.invalidTag, at: tagStart - start)
    }
    return UInt32(truncatingIfNeeded: tag)
  }

  /// A number of up to ten bytes. Bits above the 64th are dropped, as by protobuf's own readers.
  @inlinable @inline(__always)
  public mutating func varint() throws(CodecError) -> UInt64 {
    guard cursor < end else { throw CodecError(.truncated, at: offset) }
    let first = cursor.load(as: UInt8.self)
    if first < 0x80 {
      cursor += 1
      return UInt64(first)
    }
    return try longVarint(bytesMax: Varint.bytesMax)
  }

  /// The number of a tag or a length, of at most five bytes.
  @usableFromInline
  mutating func shortVarint() throws(CodecError) -> UInt64 {
    try longVarint(bytesMax: 5)
  }

  @usableFromInline
  mutating func longVarint(bytesMax: Int) throws(CodecError) -> UInt64 {
    let bytesLeft = end - cursor
    var value: UInt64 = 0
    for index in 0..<min(bytesMax, bytesLeft) {
      let byte = cursor.load(fromByteOffset: index, as: UInt8.self)
      value |= UInt64(byte & 0x7F) &<< UInt64(7 &* index)
      if byte < 0x80 {
        cursor += index + 1
        return value
      }
    }
    guard bytesLeft >= bytesMax else { throw CodecError(.truncated, at: end - start) }
    throw CodecError(.malformedVarint, at: offset)
  }

  /// Four bytes, the low one first.
  @inlinable @inline(__always)
  public mutating func fixed32() throws(CodecError) -> UInt32 {
    guard end - cursor >= 4 else { throw CodecError(.truncated, at: offset) }
    let value = UInt32(littleEndian: cursor.loadUnaligned(as: UInt32.self))
    cursor += 4
    return value
  }

  /// Eight bytes, the low one first.
  @inlinable @inline(__always)
  public mutating func fixed64() throws(CodecError) -> UInt64 {
    guard end - cursor >= 8 else { throw CodecError(.truncated, at: offset) }
    let value = UInt64(littleEndian: cursor.loadUnaligned(as: UInt64.self))
    cursor += 8
    return value
  }

  /// A length that the rest of the innermost message can hold.
  @inlinable @inline(__always)
  mutating func length() throws(CodecError) -> Int {
    let place = offset
    guard cursor < end else { throw CodecError(.truncated, at: place) }
    let first = cursor.load(as: UInt8.self)
    let length: UInt64
    if first < 0x80 {
      cursor += 1
      length = UInt64(first)
    } else {
      length = try shortVarint()
    }
    guard length <= UInt64(Int32.max) else { throw CodecError(.invalidLength, at: place) }
    guard Int(length) <= end - cursor else { throw CodecError(.truncated, at: place) }
    return Int(length)
  }

  /// The bytes behind a length; they live as long as what the reader was made with.
  @inlinable
  public mutating func delimited() throws(CodecError) -> UnsafeRawBufferPointer {
    let length = try length()
    let bytes = UnsafeRawBufferPointer(start: cursor, count: length)
    cursor += length
    return bytes
  }

  /// A value of type `bytes`.
  @inlinable @inline(__always)
  mutating func bytes() throws(CodecError) -> [UInt8] {
    if let apart, let value = takeApart(apart) { return value }
    return [UInt8](try delimited())
  }

  /// The value that stands behind the memory, if the length that comes is the last there, and its.
  @usableFromInline
  mutating func takeApart(_ apart: UnsafeMutablePointer<[UInt8]>) -> [UInt8]? {
    let before = cursor
    guard !apart.pointee.isEmpty, let length = try? shortVarint(), cursor == end,
      length == UInt64(apart.pointee.count)
    else {
      cursor = before
      return nil
    }
    var value: [UInt8] = []
    swap(&value, &apart.pointee)
    return value
  }

  /// Merges the message behind a length into `message`.
  @inlinable
  public mutating func message(_ message: inout some WireMessage) throws(CodecError) {
    let outer = try enter()
    try message.merge(from: &self)
    leave(to: outer)
  }

  /// Makes the message behind a length the innermost one. Returns the end of the one around it.
  @inlinable
  mutating func enter() throws(CodecError) -> UnsafeRawPointer {
    let length = try length()
    guard depthLeft > 0 else { throw CodecError(.tooDeep, at: offset) }
    depthLeft -= 1
    let outer = end
    end = cursor + length
    return outer
  }

  @inlinable
  mutating func leave(to outer: UnsafeRawPointer) {
    cursor = end
    end = outer
    depthLeft += 1
  }

  @inlinable
  mutating func countElement() throws(CodecError) {
    guard elementsLeft > 0 else { throw CodecError(.tooManyElements, at: offset) }
    elementsLeft -= 1
  }
}
