// SPDX-License-Identifier: Apache-2.0

/// Keeps a message on the heap, so that a message type can contain itself.
package indirect enum Boxed<Message: WireMessage>: Sendable, Hashable {
  case message(Message)

  @inlinable
  package init(_ message: Message) {
    self = .message(message)
  }

  @inlinable package var message: Message {
    switch self {
    case .message(let message): message
    }
  }
}
