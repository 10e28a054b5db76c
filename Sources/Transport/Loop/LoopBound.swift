// SPDX-License-Identifier: Apache-2.0

/// Carries a loop-confined value across isolation borders. Only the loop may open it.
///
/// Proof for `@unchecked Sendable`: the value is reached through `value` alone, which stops the
/// program when it is read off the loop's thread, so no two threads ever touch it. Reading it
/// elsewhere is a bug of ours, never the doing of a peer. The last reference must be dropped on
/// the loop too if the value's `deinit` is not thread-safe.
package struct LoopBound<Value>: @unchecked Sendable {
  private let stored: Value
  package let loop: any Loop

  package init(_ value: Value, on loop: any Loop) {
    self.stored = value
    self.loop = loop
  }

  package var value: Value {
    precondition(loop.isCurrent, "a loop-confined value was used off its loop")
    return stored
  }
}

/// A weak reference as a value, for timers that shall not keep what they watch over.
struct Weak<Object: AnyObject> {
  weak var object: Object?

  init(_ object: Object) {
    self.object = object
  }
}
