// SPDX-License-Identifier: Apache-2.0

/// The items of a streaming call, as they come. For one reader.
///
/// What the reader has not consumed holds the sender back. When the reading task is cancelled, or
/// the stream and its iterators are dropped, the call is cancelled at the peer. After an error
/// there are no more items.
package struct ItemStream<Item: WireMessage>: AsyncSequence, Sendable {
  package typealias Failure = CallError

  fileprivate let call: OpenStream

  init(_ call: OpenStream) {
    self.call = call
  }

  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(call: call)
  }

  package struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let call: OpenStream

    package mutating func next() async throws(CallError) -> Item? {
      try await read()
    }

    package mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(CallError) -> Item? {
      try await read()
    }

    private func read() async throws(CallError) -> Item? {
      guard let bytes = try await call.connection.nextItem(of: call.id) else { return nil }
      do throws(CallError) {
        return try Item(received: bytes, asAnswerOf: call.method)
      } catch {
        call.connection.abandon(call.id)
        throw error
      }
    }
  }
}

/// Keeps a streaming call open; its end of life is the end of the call.
final class OpenStream: Sendable {
  let connection: Connection
  let id: CallID
  let method: String

  init(connection: Connection, id: CallID, method: String) {
    self.connection = connection
    self.id = id
    self.method = method
  }

  deinit {
    connection.abandon(id)
  }
}
