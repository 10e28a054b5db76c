// SPDX-License-Identifier: Apache-2.0

internal import CUV

extension UVStream {
  /// A TCP handle without a connection yet.
  static func tcp(
    on loop: EventLoop, name: String, limits: TransportLimits
  ) throws(TransportError) -> UVStream {
    let stream = UVStream(on: loop, name: name, limits: limits)
    try stream.adopt(UV_TCP, "cannot make a socket for \(name)") { memory in
      uv_tcp_init(loop.raw, memory.assumingMemoryBound(to: uv_tcp_t.self))
    }
    return stream
  }

  private var tcp: UnsafeMutablePointer<uv_tcp_t>? {
    UnsafeMutableRawPointer(handle)?.assumingMemoryBound(to: uv_tcp_t.self)
  }

  /// Takes over a connected socket; where it throws, the socket is still the caller's.
  func open(_ descriptor: Int32) throws(TransportError) {
    guard let tcp else { return }
    try check(uv_tcp_open(tcp, descriptor), "the connection with \(name) cannot be used")
  }

  /// Begins to connect. `callback` gets a request whose `data` leads to `owner` by
  /// `UVRequest.finish`.
  func connect(
    to address: SocketAddress, for owner: AnyObject, _ callback: @escaping uv_connect_cb
  ) throws(TransportError) {
    guard let tcp else { return }
    let request = UVRequest<uv_connect_t>(for: owner)
    do {
      let code = try address.withSockaddr { uv_tcp_connect(request.raw, tcp, $0, callback) }
      try check(code, "cannot connect to \(address)")
    } catch {
      request.drop()
      throw error
    }
  }

  /// Small messages leave at once: we gather them ourselves, by turns of the loop.
  func turnOffDelay() {
    if let tcp { uv_tcp_nodelay(tcp, 1) }
  }
}
