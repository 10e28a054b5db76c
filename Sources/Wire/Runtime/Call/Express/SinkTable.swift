// SPDX-License-Identifier: Apache-2.0

/// Takes the answers of calls, on the connection's loop.
///
/// Hears of each of its calls exactly once. It must not keep `response`, which lies in the buffer
/// that was read into.
protocol AnswerSink: AnyObject {
  func take(_ response: UnsafeRawBufferPointer, of tag: UInt32)
  func fail(_ tag: UInt32, with error: CallError)
}

/// A sink made of closures. What knows the types of a call is compiled for them only in code that is
/// inlined where they are known, which a method behind a protocol never is.
@usableFromInline
final class ClosureSink: AnswerSink {
  private let onResponse: (UnsafeRawBufferPointer, UInt32) -> Void
  private let onFailure: (CallError, UInt32) -> Void

  @usableFromInline
  init(
    onResponse: @escaping (UnsafeRawBufferPointer, UInt32) -> Void,
    onFailure: @escaping (CallError, UInt32) -> Void
  ) {
    self.onResponse = onResponse
    self.onFailure = onFailure
  }

  func take(_ response: UnsafeRawBufferPointer, of tag: UInt32) { onResponse(response, tag) }
  func fail(_ tag: UInt32, with error: CallError) { onFailure(error, tag) }
}

/// The sinks of a connection's open calls, by a small number, so that a call holds no reference.
@usableFromInline
struct SinkTable {
  @usableFromInline
  struct Key: Equatable, Sendable {
    fileprivate var index: UInt32
    /// Nobody.
    @usableFromInline static let none = Key(index: .max)
  }

  private var sinks: [(any AnswerSink)?] = []
  private var free: [UInt32] = []

  var isEmpty: Bool { free.count == sinks.count }

  mutating func add(_ sink: any AnswerSink) -> Key {
    if let index = free.popLast() {
      sinks[Int(index)] = sink
      return Key(index: index)
    }
    sinks.append(sink)
    return Key(index: UInt32(truncatingIfNeeded: sinks.count - 1))
  }

  mutating func remove(_ key: Key) {
    guard let index = place(of: key), sinks[index] != nil else { return }
    sinks[index] = nil
    free.append(key.index)
  }

  subscript(key: Key) -> (any AnswerSink)? {
    place(of: key).flatMap { sinks[$0] }
  }

  private func place(of key: Key) -> Int? {
    key.index < UInt32(truncatingIfNeeded: sinks.count) ? Int(key.index) : nil
  }
}
