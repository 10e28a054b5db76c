// SPDX-License-Identifier: Apache-2.0

extension MessageReader {
  /// Keeps a field that the schema does not know, or that came with another wire type than the
  /// schema's.
  public mutating func unknown(_ tag: UInt32, into fields: inout UnknownFields) throws(CodecError) {
    let first = tagStart
    try skip(tag)
    fields.bytes.append(contentsOf: UnsafeRawBufferPointer(start: first, count: cursor - first))
  }

  /// Steps over the value behind a tag. proto3 has no groups, but an old peer's are skipped as
  /// protobuf skips them.
  public mutating func skip(_ tag: UInt32) throws(CodecError) {
    let place = tagStart - start
    guard let type = WireType(rawValue: tag & 7) else { throw CodecError(.invalidTag, at: place) }
    switch type {
    case .varint: _ = try varint()
    case .fixed64: _ = try fixed64()
    case .fixed32: _ = try fixed32()
    case .lengthDelimited: _ = try delimited()
    case .groupEnd: throw CodecError(.unmatchedGroup, at: place)
    case .groupStart: try skipGroup(tag >> 3)
    }
  }

  private mutating func skipGroup(_ field: UInt32) throws(CodecError) {
    guard depthLeft > 0 else { throw CodecError(.tooDeep, at: offset) }
    depthLeft -= 1
    while let tag = try nextTag() {
      if tag == Tag.make(field, .groupEnd) {
        depthLeft += 1
        return
      }
      try skip(tag)
    }
    throw CodecError(.truncated, at: offset)
  }
}
