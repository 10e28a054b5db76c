// SPDX-License-Identifier: Apache-2.0

public import WireCodec
/// The items of the other side of a call, as they come. For one reader.
///
/// What the reader has not consumed holds the sender back. `next` does not suspend where an item is
/// there and the reader runs on the connection's loop. When a caller's reading task is cancelled, or
/// his stream and its iterators are dropped, the call is cancelled at the peer. After an error there
/// are no more items.
@usableFromInline
package struct ItemStream<Item: WireMessage>: AsyncSequence, Sendable {
  @usableFromInline package typealias Failure = CallError

  @usableFromInline let call: OpenStream

  init(_ call: OpenStream) {
    self.call = call
  }

  @inlinable
  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(call: call)
  }

  @usableFromInline
  package struct AsyncIterator: AsyncIteratorProtocol {
    @usableFromInline let call: OpenStream

    @inlinable
    init(call: OpenStream) {
      self.call = call
    }

    @inlinable
    package mutating func next() async throws(CallError) -> Item? {
      try await read()
    }

    @inlinable
    package mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(CallError) -> Item? {
      try await read()
    }

    @inlinable
    func read() async throws(CallError) -> Item? {
      if let item: Item = try call.nextAtOnce() { return item }
      guard let bytes = try await call.next() else { return nil }
      return try call.decode(bytes)
    }
  }
}
