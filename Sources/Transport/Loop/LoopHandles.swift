// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// What a loop has of libuv for itself: the loop, its wake-up, its alarm, and the handles by which
/// it takes part in libuv's turns. Confined to the loop's thread, but for `wakeUp`.
///
/// A turn of libuv, as far as it concerns us (`uv_run` with `UV_RUN_DEFAULT`, which does not come
/// back between turns: with `UV_RUN_ONCE` each turn would read the clock once more):
///
///     read the clock ─> beforePoll ─> wait for the kernel ─> read the clock ─> callbacks of
///     sockets, wake-up and alarm ─> afterPoll: our work ─> callbacks of closed handles ─> again
final class LoopHandles {
  let raw = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
  let wakeUp = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
  private let beforePoll = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
  private let afterPoll = UnsafeMutablePointer<uv_check_t>.allocate(capacity: 1)
  private let haste = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)
  private var isHasty = false
  var alarm = LoopAlarm()

  init(name: String) throws(TransportError) {
    // `deinit` runs also when a throw leaves here.
    let what = "cannot make event loop \(name)"
    try check(uv_loop_init(raw), what)
    do throws(TransportError) {
      try alarm.open(on: raw, eventLoopAlarm)
      try check(uv_async_init(raw, wakeUp, eventLoopDidWakeUp), what)
    } catch {
      close()
      throw error
    }
    wakeUp.pointee.data = nil
    uv_prepare_init(raw, beforePoll)
    uv_check_init(raw, afterPoll)
    uv_idle_init(raw, haste)
    beforePoll.pointee.data = nil
    afterPoll.pointee.data = nil
    haste.pointee.data = nil
  }

  deinit {
    alarm.free()
    raw.deallocate()
    wakeUp.deallocate()
    beforePoll.deallocate()
    afterPoll.deallocate()
    haste.deallocate()
  }

  /// Runs turns until `uv_stop`. Only `wakeUp` and the handles of sockets keep the loop alive.
  func run() {
    uv_prepare_start(beforePoll, eventLoopWillPoll)
    uv_check_start(afterPoll, eventLoopDidPoll)
    uv_run(raw, UV_RUN_DEFAULT)
    uv_prepare_stop(beforePoll)
    uv_check_stop(afterPoll)
    setHasty(false)
  }

  /// Hasty turns look what the kernel has, and do not wait for it.
  func setHasty(_ isHasty: Bool) {
    guard isHasty != self.isHasty else { return }
    self.isHasty = isHasty
    if isHasty { uv_idle_start(haste, eventLoopIsHasty) } else { uv_idle_stop(haste) }
  }

  /// No handle but these may be left.
  func close() {
    uv_walk(raw, closeOwnHandle, nil)
    uv_run(raw, UV_RUN_DEFAULT)
    let code = uv_loop_close(raw)
    assert(code == 0, "a handle of a loop was left open")
  }
}

private func closeOwnHandle(
  _ handle: UnsafeMutablePointer<uv_handle_t>?, _ argument: UnsafeMutableRawPointer?
) {
  uv_close(handle, nil)
}

private func eventLoopIsHasty(_ handle: UnsafeMutablePointer<uv_idle_t>?) {}
