// SPDX-License-Identifier: Apache-2.0

/// Reads the small fixed payloads of control frames from the front; `nil` where the bytes do not
/// suffice.
struct PayloadReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= bytes.count - position else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
    _ type: Integer.Type
  ) -> Integer? {
    guard let slice = bytes(Integer.bitWidth / 8) else { return nil }
    return slice.reversed().reduce(0) { $0 << 8 | Integer($1) }
  }

  /// A length (u16) and so many bytes; what is not UTF-8 in them is repaired.
  mutating func text() -> String? {
    guard let count = integer(UInt16.self), let slice = bytes(Int(count)) else { return nil }
    return String(decoding: slice, as: UTF8.self)
  }
}

extension [UInt8] {
  mutating func appendLittleEndian<Integer: FixedWidthInteger>(_ value: Integer) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends a length (u16) and at most `bytesMax` bytes of `text`, cut between two characters'
  /// scalars.
  mutating func appendText(_ text: String, bytesMax: Int) {
    var kept = text.utf8.prefix(Swift.min(bytesMax, Int(UInt16.max)))
    while !kept.isEmpty, kept.endIndex != text.utf8.endIndex,
      kept.endIndex.samePosition(in: text.unicodeScalars) == nil
    {
      kept = kept.dropLast()
    }
    appendLittleEndian(UInt16(kept.count))
    append(contentsOf: kept)
  }
}
