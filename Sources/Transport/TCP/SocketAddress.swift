// SPDX-License-Identifier: Apache-2.0

/// A numeric IP address (v4 dotted or v6) and a port. Names are not resolved on this floor:
/// a static glibc cannot (see ARCHITECTURE.md), and the server listens on addresses.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  package var ip: String
  /// 0 lets the kernel choose.
  package var port: UInt16

  package init(ip: String, port: UInt16) {
    self.ip = ip
    self.port = port
  }

  package var description: String {
    ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
  }
}
