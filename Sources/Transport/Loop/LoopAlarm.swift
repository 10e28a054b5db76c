// SPDX-License-Identifier: Apache-2.0

internal import CUV
internal import Glibc

/// The one timer that a loop has in the kernel: a timerfd, watched as sockets are.
///
/// Why not libuv's timer: with one, each wait for the kernel has a time limit, which costs the
/// kernel about a microsecond to set up, each time. This one is set only where the earliest
/// instant moves forward; when it moves back the alarm goes off in vain, once, and is set anew.
///
/// Confined to its loop, and closed with it.
struct LoopAlarm {
  private let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
  private var descriptor: Int32 = -1
  /// When it will go off; nil where it is not set, or has gone off and was not set again.
  private(set) var instant: LoopInstant?

  /// `callback` is called when the alarm goes off, and again in each turn until `set` or `clear`.
  /// It does not keep `loop` alive. Throws `limit` where the process has no descriptor left.
  mutating func open(
    on loop: UnsafeMutablePointer<uv_loop_t>, _ callback: @escaping uv_poll_cb
  ) throws(TransportError) {
    let what = "cannot make the alarm of a loop"
    descriptor = timerfd_create(
      CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
    try check(descriptor < 0 ? -errno : 0, what)
    try check(uv_poll_init(loop, handle, descriptor), what)
    handle.pointee.data = nil
    uv_poll_start(handle, Int32(UV_READABLE.rawValue), callback)
    handle.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { uv_unref($0) }
  }

  /// Lets the alarm go off at `instant`, or earlier where it is set for earlier already.
  mutating func set(noLaterThan instant: LoopInstant) {
    if let set = self.instant, set <= instant { return }
    self.instant = instant
    // Zero would mean "never" to the kernel.
    settle(max(1, instant.nanoseconds))
  }

  /// It has gone off. It stays readable, and so its callback comes again, until it is set anew.
  mutating func didGoOff() {
    instant = nil
  }

  mutating func clear() {
    instant = nil
    settle(0)
  }

  /// The clock is the one of `uv_hrtime`, so an instant goes to the kernel as it stands.
  private func settle(_ nanoseconds: UInt64) {
    var setting = itimerspec()
    setting.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
    setting.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
    let code = timerfd_settime(descriptor, Int32(TFD_TIMER_ABSTIME), &setting, nil)
    assert(code == 0, "an alarm could not be set")
  }

  /// The loop is closed, or was never opened.
  func free() {
    if descriptor >= 0 { close(descriptor) }
    handle.deallocate()
  }
}
