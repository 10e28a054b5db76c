// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// A request of libuv in flight, with the bytes that it carries.
///
/// Its memory and its owner live until `finish`, which the request's callback calls once; or
/// until `drop`, where libuv refused the request and will not call back.
final class UVRequest<Request> {
  let raw: UnsafeMutablePointer<Request>
  private let bytes: UnsafeMutableRawBufferPointer?
  private let owner: AnyObject

  init(for owner: AnyObject, carrying bytes: UnsafeRawBufferPointer? = nil) {
    self.owner = owner
    raw = .allocate(capacity: 1)
    if let bytes {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      copy.copyMemory(from: bytes)
      self.bytes = copy
    } else {
      self.bytes = nil
    }
    // All of libuv's requests begin with `data`.
    UnsafeMutableRawPointer(raw).storeBytes(
      of: Unmanaged.passRetained(self).toOpaque(), as: UnsafeMutableRawPointer.self)
  }

  deinit {
    raw.deallocate()
    bytes?.deallocate()
  }

  var buffer: uv_buf_t {
    bytes.map { uv_buf_t(lending: UnsafeRawBufferPointer($0)) } ?? uv_buf_t(base: nil, len: 0)
  }

  func drop() {
    Unmanaged.passUnretained(self).release()
  }

  /// For the callback: ends the request and gives its owner.
  static func finish<Owner: AnyObject>(
    _ data: UnsafeMutableRawPointer?, _ type: Owner.Type
  ) -> Owner? {
    guard let data else { return nil }
    return Unmanaged<UVRequest<Request>>.fromOpaque(data).takeRetainedValue().owner as? Owner
  }
}

extension uv_buf_t {
  /// libuv's type is for reading and writing alike; it does not change what it sends.
  init(lending bytes: UnsafeRawBufferPointer) {
    let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
    self.init(base: base?.assumingMemoryBound(to: CChar.self), len: bytes.count)
  }
}
