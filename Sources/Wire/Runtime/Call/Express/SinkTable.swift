// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// Takes the answers of calls, on the connection's loop.
///
/// Hears of each of its calls exactly once. It must not keep `response`, which lies in the buffer
/// that was read into.
protocol AnswerSink: AnyObject {
  func take(_ response: UnsafeRawBufferPointer, of tag: UInt32)
  /// The same of a response that has memory of its own, which may be kept.
  func take(_ response: EncodedMessage, of tag: UInt32)
  func fail(_ tag: UInt32, with error: CallError)
}

extension AnswerSink {
  func take(_ response: EncodedMessage, of tag: UInt32) {
    response.joined.withUnsafeBytes { take($0, of: tag) }
  }
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

  /// A sink that was found, for as long as the table stays as it is.
  struct Found {
    fileprivate var key = Key.none
    fileprivate var changes: UInt64 = 0
    fileprivate(set) var sink: (any AnswerSink)?
  }

  private var sinks: [(any AnswerSink)?] = []
  private var changes: UInt64 = 1
  private var free: [UInt32] = []

  var isEmpty: Bool { free.count == sinks.count }

  mutating func add(_ sink: any AnswerSink) -> Key {
    changes &+= 1
    if let index = free.popLast() {
      sinks[Int(index)] = sink
      return Key(index: index)
    }
    sinks.append(sink)
    return Key(index: UInt32(truncatingIfNeeded: sinks.count - 1))
  }

  mutating func remove(_ key: Key) {
    guard let index = place(of: key), sinks[index] != nil else { return }
    changes &+= 1
    sinks[index] = nil
    free.append(key.index)
  }

  /// As the subscript, for one who asks often.
  @inline(__always)
  func find(_ key: Key, _ found: inout Found) {
    if found.key == key, found.changes == changes { return }
    found = Found(key: key, changes: changes, sink: self[key])
  }

  subscript(key: Key) -> (any AnswerSink)? {
    place(of: key).flatMap { sinks[$0] }
  }

  private func place(of key: Key) -> Int? {
    key.index < UInt32(truncatingIfNeeded: sinks.count) ? Int(key.index) : nil
  }
}
