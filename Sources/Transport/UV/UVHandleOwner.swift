// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// Owns one libuv handle. Confined to its loop.
///
/// The handle's `data` holds one retain of the owner, taken in `adopt` and given back in the close
/// callback only: so the owner outlives every callback of its handle.
class UVHandleOwner {
  let eventLoop: EventLoop
  private var memory: UnsafeMutableRawPointer?

  init(on loop: EventLoop) {
    eventLoop = loop
  }

  /// The handle, until it is closed.
  var handle: UnsafeMutablePointer<uv_handle_t>? {
    memory?.assumingMemoryBound(to: uv_handle_t.self)
  }

  /// The loop is about to end: close the handle now, or as soon as may be.
  func loopWillStop() {
    closeHandle()
  }

  /// The handle is gone; this is the last call from libuv.
  func handleDidClose() {}

  /// Makes a handle of `type` with `initialise`, and lets it keep this owner until it is closed.
  func adopt(
    _ type: uv_handle_type, _ what: @autoclosure () -> String,
    _ initialise: (UnsafeMutableRawPointer) -> Int32
  ) throws(TransportError) {
    guard !eventLoop.isStopping else {
      throw TransportError(.closed, "\(what()): loop \(eventLoop.name) is stopping")
    }
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: uv_handle_size(type), alignment: MemoryLayout<Int>.alignment * 2)
    let code = initialise(memory)
    if code < 0 {
      memory.deallocate()
      throw UVError(number: code).asTransportError(what())
    }
    self.memory = memory
    memory.assumingMemoryBound(to: uv_handle_t.self).pointee.data =
      Unmanaged.passRetained(self).toOpaque()
  }

  /// Idempotent. `handleDidClose` follows in a later turn.
  func closeHandle() {
    guard let handle, uv_is_closing(handle) == 0 else { return }
    uv_close(handle, handleDidCloseCallback)
  }

  /// As `closeHandle`, but a TCP peer sees a reset. False where that cannot be: not TCP, or our
  /// goodbye is just leaving.
  func resetHandle() -> Bool {
    guard let handle, uv_is_closing(handle) == 0, handle.pointee.type == UV_TCP else {
      return false
    }
    let tcp = UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_tcp_t.self)
    return uv_tcp_close_reset(tcp, handleDidCloseCallback) == 0
  }

  fileprivate func didClose() {
    memory?.deallocate()
    memory = nil
    handleDidClose()
  }
}

/// The owner of the handle whose callback runs; `nil` for the handles of the loop itself.
func owner<Owner: UVHandleOwner>(
  _ data: UnsafeMutableRawPointer?, as type: Owner.Type = Owner.self
) -> Owner? {
  guard let data else { return nil }
  return Unmanaged<UVHandleOwner>.fromOpaque(data).takeUnretainedValue() as? Owner
}

private func handleDidCloseCallback(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
  guard let data = handle?.pointee.data else { return }
  Unmanaged<UVHandleOwner>.fromOpaque(data).takeRetainedValue().didClose()
}

/// For `uv_walk` when a loop stops.
func handleOfStoppingLoop(
  _ handle: UnsafeMutablePointer<uv_handle_t>?, _ argument: UnsafeMutableRawPointer?
) {
  guard let handle, uv_is_closing(handle) == 0 else { return }
  owner(handle.pointee.data)?.loopWillStop()
}
