// SPDX-License-Identifier: Apache-2.0

/// The items of the other side of a call, as they come. For one reader.
///
/// What the reader has not consumed holds the sender back. `next` does not suspend where an item is
/// there and the reader runs on the connection's loop. When a caller's reading task is cancelled, or
/// his stream and its iterators are dropped, the call is cancelled at the peer. After an error there
/// are no more items.
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
      guard let bytes = try await call.next() else { return nil }
      return try call.decode(bytes)
    }
  }
}
