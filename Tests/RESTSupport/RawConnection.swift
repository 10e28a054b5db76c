// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A plain TCP connection to a port of this machine, for bytes that no client library would send.
/// Never blocks a thread.
package final class RawConnection: Sendable {
  private let descriptor: Int32

  /// Nil when nobody listens.
  package init?(port: UInt16) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }

  package func send(_ text: String) async {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, flags)
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        try? await Task.sleep(for: .milliseconds(1))
      } else {
        return
      }
    }
  }

  /// What has come once `end` is in it, or all that came before the end of the connection or of a
  /// minute.
  package func read(until end: String) async -> String {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    _ = await eventually {
      while !String(decoding: all, as: UTF8.self).contains(end) {
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return count == 0 || errno != EAGAIN }
        all += buffer[..<count]
      }
      return true
    }
    return String(decoding: all, as: UTF8.self)
  }
}
