// SPDX-License-Identifier: Apache-2.0

/// Keeps a message on the heap, so that a message type can contain itself.
public indirect enum Boxed<Message: WireMessage>: Sendable, Hashable {
  case message(Message)

  /// Moves a message to the heap.
  @inlinable
  public init(_ message: Message) {
    self = .message(message)
  }

  /// The message itself.
  @inlinable public var message: Message {
    switch self {
    case .message(let message): message
    }
  }
}
