// SPDX-License-Identifier: Apache-2.0

internal import CUV
internal import Glibc

/// A listening socket of the kernel. Its owner closes it.
///
/// Why not libuv's own listening: when no descriptor is left it closes every connection that waits
/// in the backlog, untold, and where another thread takes the descriptor that it keeps for that
/// purpose it never comes back from its callback.
struct ListeningDescriptor {
  enum Accepted {
    case connection(Int32, SocketAddress)
    /// Nobody waits.
    case none
    /// Somebody came and was gone again, which is nobody's failure.
    case gone
    /// The system has no descriptor or no memory.
    case failure(TransportError)
  }

  let raw: Int32
  /// With the real port.
  let localAddress: SocketAddress

  init(at address: SocketAddress, backlog: Int32) throws(TransportError) {
    let what = "cannot listen on \(address)"
    let family = address.ip.contains(":") ? AF_INET6 : AF_INET
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = try address.withSockaddr { _ in result(of: socket(family, kind, 0)) }
    try check(descriptor, what)
    do {
      try Self.listen(descriptor, at: address, backlog, what)
      localAddress = try SocketAddress(what) { name, length in
        var size = socklen_t(length.pointee)
        return result(of: getsockname(descriptor, name, &size))
      }
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    raw = descriptor
  }

  private static func listen(
    _ descriptor: Int32, at address: SocketAddress, _ backlog: Int32, _ what: String
  ) throws(TransportError) {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    // A former run's connections may linger on the port.
    try check(result(of: setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)), what)
    let isV6 = address.ip.contains(":")
    if isV6 {
      // IPv4 peers come to "::" too, whatever the host's default is.
      var off: Int32 = 0
      let option = setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, size)
      try check(result(of: option), what)
    }
    let length = isV6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    let code = try address.withSockaddr { name in
      result(of: bind(descriptor, name, socklen_t(length)))
    }
    try check(code, what)
    try check(result(of: Glibc.listen(descriptor, backlog)), what)
  }

  func accept() -> Accepted {
    var descriptor: Int32 = -1
    var code: Int32 = 0
    let what = "cannot accept on \(localAddress)"
    do throws(TransportError) {
      let address = try SocketAddress(what) { name, length in
        var size = socklen_t(length.pointee)
        descriptor = cuv_accept(raw, name, &size)
        code = result(of: descriptor)
        return min(code, 0)
      }
      return .connection(descriptor, address)
    } catch {
      // An address that cannot be told.
      if descriptor >= 0 { Glibc.close(descriptor) }
      switch -code {
      case EAGAIN: return .none
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        return .failure(TransportError(.limit, error.message, reason: error.reason))
      // Errors of the new connection's network, and of a peer that left (accept(2)).
      default: return .gone
      }
    }
  }

  func close() {
    Glibc.close(raw)
  }
}

/// A call's result as libuv would give it: the number, or the error's with a minus.
private func result(of number: Int32) -> Int32 {
  number < 0 ? -errno : number
}
