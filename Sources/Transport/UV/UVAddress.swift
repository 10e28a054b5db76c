// SPDX-License-Identifier: Apache-2.0

internal import CUV

extension SocketAddress {
  /// Calls `body` with the kernel's form. Throws `badAddress` where the IP is not numeric.
  func withSockaddr<Result>(
    _ body: (UnsafePointer<sockaddr>) -> Result
  ) throws(TransportError) -> Result {
    var storage = sockaddr_storage()
    let code = withUnsafeMutableBytes(of: &storage) { bytes -> Int32 in
      guard let base = bytes.baseAddress else { return UV_EINVAL.rawValue }
      if ip.contains(":") {
        return uv_ip6_addr(ip, Int32(port), base.assumingMemoryBound(to: sockaddr_in6.self))
      }
      return uv_ip4_addr(ip, Int32(port), base.assumingMemoryBound(to: sockaddr_in.self))
    }
    if code < 0 {
      let reason = UVError(number: code).reason
      throw TransportError(.badAddress, "\"\(ip)\" is not a numeric IP address", reason: reason)
    }
    return withUnsafePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
    }
  }

  /// Reads the address that `fill` (`uv_tcp_getsockname`, `uv_tcp_getpeername`) writes.
  init(
    _ what: @autoclosure () -> String,
    filledBy fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<Int32>) -> Int32
  ) throws(TransportError) {
    var storage = sockaddr_storage()
    var length = Int32(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &length) }
    }
    try check(code, what())
    var text = [CChar](repeating: 0, count: 64)
    let (named, port) = withUnsafePointer(to: &storage) { pointer -> (Int32, UInt16) in
      if Int32(pointer.pointee.ss_family) == AF_INET6 {
        return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          (uv_ip6_name($0, &text, text.count), UInt16(bigEndian: $0.pointee.sin6_port))
        }
      }
      return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        (uv_ip4_name($0, &text, text.count), UInt16(bigEndian: $0.pointee.sin_port))
      }
    }
    try check(named, what())
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    self.init(ip: String(decoding: bytes, as: UTF8.self), port: port)
  }
}
