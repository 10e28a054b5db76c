// SPDX-License-Identifier: Apache-2.0

/// Where the server listens for drivers, and what it tells them of itself.
package struct RendezvousSettings: Sendable {
  /// A numeric address.
  package var listenIP: String
  /// The first free one is taken.
  package var listenPorts: ClosedRange<UInt16>
  /// Tried before all others: where drivers of an earlier run of the server look for it.
  package var formerPort: UInt16?
  /// Names or addresses under which drivers reach this server, in order.
  package var announcedHosts: [String]
  /// `livy.rpc.connect-back.networks`: where a driver may stand that the server dials.
  package var connectBackNetworks: [Network]
  package var dialTimeout: Duration = .seconds(10)

  package init(
    listenIP: String, listenPorts: ClosedRange<UInt16>, announcedHosts: [String],
    connectBackNetworks: [Network]
  ) {
    self.listenIP = listenIP
    self.listenPorts = listenPorts
    self.announcedHosts = announcedHosts
    self.connectBackNetworks = connectBackNetworks
  }
}
