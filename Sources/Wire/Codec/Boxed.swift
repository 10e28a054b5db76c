// SPDX-License-Identifier: Apache-2.0

/// Keeps a message on the heap, so that a message type can contain itself.
///
/// A class, since its constant can be read where it lies; an indirect enum's payload is copied out.
public final class Boxed<Message: WireMessage>: Sendable, Hashable {
  /// What the box holds; another message needs another box.
  public let message: Message

  /// Moves a message to the heap.
  @inlinable
  public init(_ message: Message) {
    self.message = message
  }

  /// Boxes are equal if their messages are.
  @inlinable
  public static func == (first: Boxed, second: Boxed) -> Bool {
    first === second || first.message == second.message
  }

  /// Hashes the message.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(message)
  }
}

// A message in a box is measured, written and read where it lies: to take it out first would copy
// all of its fields, at each level once more.

extension MessageSize {
  /// A message in a box.
  @inlinable @inline(__always)
  public mutating func optional<Message: WireMessage>(
    _ field: UInt32, _ value: Boxed<Message>?, as: MessageField<Message>.Type
  ) {
    if let value { member(field, value.message, as: MessageField<Message>.self) }
  }
}

extension MessageWriter {
  /// A message in a box.
  @inlinable @inline(__always)
  public mutating func optional<Message: WireMessage>(
    _ field: UInt32, _ value: Boxed<Message>?, as: MessageField<Message>.Type
  ) {
    if let value { member(field, value.message, as: MessageField<Message>.self) }
  }
}

extension MessageReader {
  /// A message in a box. It merges into the one that came earlier, which leaves its box for that:
  /// while two had it, each merge would copy all of its lists.
  @inlinable
  public mutating func optional<Message: WireMessage>(
    _ value: inout Boxed<Message>?, as: MessageField<Message>.Type
  ) throws(CodecError) {
    var merged = value.take()?.message ?? Message()
    try message(&merged)
    value = Boxed(merged)
  }
}
