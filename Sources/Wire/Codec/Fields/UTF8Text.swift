// SPDX-License-Identifier: Apache-2.0

/// Text from outside. Nearly all of it is ASCII, which is seen eight bytes at a time.
@usableFromInline
enum UTF8Text {
  @usableFromInline static let wordBytes = MemoryLayout<UInt64>.size
  @usableFromInline static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// A string of its own; `nil` if the bytes are not UTF-8.
  ///
  /// Proof for the unchecked span: each byte has been looked at, as one of ASCII, which is UTF-8, or
  /// by `isValid`.
  @inlinable
  static func copy(_ bytes: UnsafeRawBufferPointer) -> String? {
    let ascii = asciiPrefix(of: bytes)
    guard ascii == bytes.count || isValid(bytes, from: ascii) else { return nil }
    return bytes.withMemoryRebound(to: UInt8.self) { text in
      String(copying: UTF8Span(unchecked: text.span, isKnownASCII: ascii == text.count))
    }
  }

  /// Bytes from the start that are all ASCII: all of them, or up to somewhat before the first that
  /// is not.
  ///
  /// Proof for the loads: each takes eight bytes that begin at 0 or later and end at `count` or
  /// earlier. The last one may take some bytes for the second time.
  @inlinable
  static func asciiPrefix(of bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.count >= wordBytes else {
      return bytes.allSatisfy { $0 < 0x80 } ? bytes.count : 0
    }
    let last = bytes.count - wordBytes
    var place = 0
    while place < last {
      if nonASCII(in: bytes, at: place) != 0 { return place }
      place += wordBytes
    }
    return nonASCII(in: bytes, at: last) == 0 ? bytes.count : place
  }

  /// The high bits of the eight bytes at a place.
  @inlinable @inline(__always)
  static func nonASCII(in bytes: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) & highBits
  }

  /// Whether bytes are UTF-8 from a place on where a sequence begins (the Unicode Standard, table
  /// 3-7, "Well-Formed UTF-8 Byte Sequences").
  ///
  /// Proof for the loads: a word is loaded where eight bytes are left, and a single byte below
  /// `count` only.
  @usableFromInline
  static func isValid(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
    var place = start
    while place < bytes.count {
      if bytes.count - place >= wordBytes {
        let found = nonASCII(in: bytes, at: place)
        if found == 0 {
          place += wordBytes
          continue
        }
        // The bytes before it are the low ones of a little-endian number.
        place += UInt64(littleEndian: found).trailingZeroBitCount / 8
      }
      guard let length = sequenceLength(UnsafeRawBufferPointer(rebasing: bytes[place...])) else {
        return false
      }
      place += length
    }
    return true
  }

  /// Bytes of the sequence at the start; `nil` if it is none. There is at least one byte.
  private static func sequenceLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let lead = bytes[0]
    if lead < 0x80 { return 1 }
    let length: Int
    // Not every second byte makes a number that needs so many bytes, is no surrogate, and is none
    // above U+10FFFF.
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if lead == 0xE0 { second = 0xA0...0xBF }
      if lead == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      length = 4
      if lead == 0xF0 { second = 0x90...0xBF }
      if lead == 0xF4 { second = 0x80...0x8F }
    default: return nil
    }
    guard bytes.count >= length, second.contains(bytes[1]) else { return nil }
    let rest = bytes[2..<length]
    return rest.allSatisfy { $0 & 0xC0 == 0x80 } ? length : nil
  }
}
