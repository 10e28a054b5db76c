// SPDX-License-Identifier: Apache-2.0

/// The bytes of a message, of which a long value at the end may stand apart: it is copied neither
/// into the message nor out of it.
public struct EncodedMessage: Sendable, ExpressibleByArrayLiteral {
  /// The message, or what stands before `tail`.
  public let head: [UInt8]
  /// The value of the message's last field, of type `bytes`; empty where none stands apart.
  public let tail: [UInt8]

  /// From so many bytes on a value is worth to be kept apart.
  @inlinable public static var tailBytesMin: Int { 128 << 10 }
  /// No value is kept apart behind more than this.
  @inlinable public static var headBytesMax: Int { 1024 }

  /// `tail` is what follows `head` on the wire.
  @inlinable
  public init(_ head: [UInt8], tail: [UInt8] = []) {
    self.head = head
    self.tail = tail
  }

  /// A message in one part.
  @inlinable
  public init(arrayLiteral bytes: UInt8...) {
    self.init(bytes)
  }

  /// Bytes of both parts.
  @inlinable public var count: Int { head.count + tail.count }

  /// The whole message in one array.
  @inlinable public var joined: [UInt8] { tail.isEmpty ? head : head + tail }

  /// How many of a message's first bytes stand before a value of type `bytes`, `string` or a message
  /// that is long and goes on behind them; 0 where there is none, or `bytes` are no message.
  public static func headCount(ofFirst bytes: [UInt8]) -> Int {
    bytes.withUnsafeBytes { bytes in
      guard var reader = MessageReader(bytes) else { return 0 }
      return (try? reader.offsetOfOpenValue()) ?? 0
    }
  }
}

extension EncodedMessage: Equatable {
  /// The same bytes, wherever they are parted.
  public static func == (first: Self, second: Self) -> Bool {
    guard first.count == second.count else { return false }
    return first.head == second.head && first.tail == second.tail || first.joined == second.joined
  }
}

extension MessageReader {
  /// Skips fields up to the value that goes on beyond the end.
  fileprivate mutating func offsetOfOpenValue() throws(CodecError) -> Int {
    while let tag = try nextTag() {
      guard tag & 7 == WireType.lengthDelimited.rawValue else {
        try skip(tag)
        continue
      }
      let length = try shortVarint()
      guard offset <= EncodedMessage.headBytesMax else { return 0 }
      guard length <= UInt64(end - cursor) else {
        return length >= UInt64(EncodedMessage.tailBytesMin) ? offset : 0
      }
      cursor += Int(length)
    }
    return 0
  }
}

extension WireMessage {
  /// The message's bytes. A long value of type `bytes` that ends them is referred to, and not copied.
  @inlinable
  public func encodedApart() -> EncodedMessage {
    let size = encodedSize
    guard size >= EncodedMessage.tailBytesMin else { return EncodedMessage(encoded(size: size)) }
    var tail: [UInt8] = []
    let head = withUnsafeMutablePointer(to: &tail) { tail in
      [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        guard var writer = MessageWriter(UnsafeMutableRawBufferPointer(buffer), apart: tail)
        else { return }
        encode(into: &writer)
        count = writer.count
      }
    }
    // Else memory for the whole would be kept with the head.
    return tail.isEmpty
      ? EncodedMessage(head)
      : EncodedMessage(head.withUnsafeBytes { [UInt8]($0) }, tail: tail)
  }

  /// Reads a message.
  @inlinable
  public init(
    decoding message: EncodedMessage, limits: CodecLimits = .standard
  ) throws(CodecError) {
    if !message.tail.isEmpty, message.count <= limits.bytesMax,
      let read = Self(readingApart: message, limits: limits)
    {
      self = read
    } else {
      try self.init(decoding: message.joined, limits: limits)
    }
  }

  /// `nil` where the tail is not the value of a field of type `bytes`, or something is wrong: then
  /// the message has to be read as a whole.
  ///
  /// Where the tail is taken too early, in a message inside of this one, the head ends in the midst
  /// of a field, and that is such a wrong.
  @inlinable
  init?(readingApart message: EncodedMessage, limits: CodecLimits) {
    self.init()
    var tail = message.tail
    do throws(CodecError) {
      try message.head.withUnsafeBufferPointer { (head) throws(CodecError) in
        try withUnsafeMutablePointer(to: &tail) { (tail) throws(CodecError) in
          guard
            var reader = MessageReader(UnsafeRawBufferPointer(head), limits: limits, apart: tail)
          else { return }
          try merge(from: &reader)
        }
      }
    } catch {
      return nil
    }
    guard tail.isEmpty else { return nil }
  }
}
