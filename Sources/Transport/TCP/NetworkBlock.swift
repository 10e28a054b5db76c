// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// Whom an address belongs to, as far as shares go: an IPv4 address, or the /64 of an IPv6 one,
/// since a single host may use all of that. IPv4 addresses mapped into IPv6 are IPv4 ones.
struct NetworkBlock: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64

  init(_ address: SocketAddress) {
    let isV6 = address.ip.contains(":")
    var bytes = [UInt8](repeating: 0, count: 16)
    // What is no address belongs to nobody; the kernel hands out none of these.
    uv_inet_pton(isV6 ? AF_INET6 : AF_INET, address.ip, &bytes)
    let first = Self.number(bytes[0..<8])
    let second = Self.number(bytes[8..<16])
    let mapped: UInt64 = 0xffff << 32
    if !isV6 {
      high = 0
      low = mapped | first >> 32
    } else {
      high = first
      low = first == 0 && second >> 32 == mapped >> 32 ? second : 0
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
