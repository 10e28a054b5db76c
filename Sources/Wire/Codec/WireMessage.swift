// SPDX-License-Identifier: Apache-2.0

/// A message in proto3's encoding. The schema compiler generates the conformances.
public protocol WireMessage: Sendable, Hashable, CustomStringConvertible,
  CustomDebugStringConvertible
{
  init()

  /// Bytes that `encode` will write. At most `Int32.max`, proto3's own limit for a message.
  var encodedSize: Int { get }

  /// Appends the message's fields in order of their numbers, then the unknown fields as they came.
  /// Entries of maps are written in order of their keys, so that equal messages have equal bytes.
  func encode(into writer: inout MessageWriter)

  /// Merges the fields that `reader` holds into this message, by proto3's rules: the last singular
  /// value wins, messages merge, repeated fields append. After an error the message holds some of
  /// what was read before.
  mutating func merge(from reader: inout MessageReader) throws(CodecError)

  /// Writes the message's fields for people. Of secret ones only the names are handed over.
  func describe(to printer: inout MessagePrinter)
}

extension WireMessage {
  /// The message's bytes, in one allocation.
  ///
  /// A small message is encoded on the stack and copied: to make an array without values costs the
  /// standard library 20 ns more than to make one of bytes that are there.
  @inlinable
  public func encoded() -> [UInt8] {
    encoded(size: encodedSize)
  }

  @inlinable
  func encoded(size: Int) -> [UInt8] {
    if size == 0 { return [] }
    if size <= MessageWriter.copiedBytesMax {
      return withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { memory in
        let written = encode(into: memory)
        return [UInt8](UnsafeRawBufferPointer(rebasing: memory[..<written]))
      }
    }
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = encode(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Writes the message into memory of the caller's, which has room for `encodedSize` bytes.
  /// Returns the bytes written.
  @inlinable
  public func encode(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard var writer = MessageWriter(buffer) else { return 0 }
    encode(into: &writer)
    return writer.count
  }

  /// Reads a message. Nothing refers to the bytes afterwards.
  @inlinable
  public init(
    decoding bytes: UnsafeRawBufferPointer, limits: CodecLimits = .standard
  ) throws(CodecError) {
    self.init()
    guard bytes.count <= limits.bytesMax else { throw CodecError(.tooLarge, at: limits.bytesMax) }
    guard var reader = MessageReader(bytes, limits: limits) else { return }
    try merge(from: &reader)
  }

  /// Reads a message.
  @inlinable
  public init(decoding bytes: [UInt8], limits: CodecLimits = .standard) throws(CodecError) {
    self = try bytes.withUnsafeBufferPointer { (buffer) throws(CodecError) in
      try Self(decoding: UnsafeRawBufferPointer(buffer), limits: limits)
    }
  }
}
