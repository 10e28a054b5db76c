// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A value behind a mutex of POSIX threads.
///
/// Why not `Synchronization.Mutex`: on Linux its contended path hands the lock over inside the
/// kernel, which ThreadSanitizer cannot see, so each such lock would drown the true findings in
/// false ones.
///
/// Proof for `@unchecked Sendable`: `value` is reached by `withLock` alone, and its type is
/// `Sendable`, so that what leaves the closure may be used anywhere.
package final class Locked<Value: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<uv_mutex_t>
  private var value: Value

  package init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    let code = uv_mutex_init(mutex)
    precondition(code == 0, "the system has no memory for a mutex")
  }

  deinit {
    uv_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Keep it short, and call nothing that might take the lock again.
  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    uv_mutex_lock(mutex)
    defer { uv_mutex_unlock(mutex) }
    return try body(&value)
  }
}
