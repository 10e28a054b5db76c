// SPDX-License-Identifier: Apache-2.0

/// A range of IP addresses in CIDR notation, IPv4 or IPv6: where the server may connect back to.
package struct Network: Hashable, Sendable, CustomStringConvertible {
  private let bytes: [UInt8]
  private let prefixBits: Int
  package let description: String

  /// `10.0.0.0/8`, `fd00::/8`, or one address without a prefix. Nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = parts.first, let bytes = Self.bytes(of: String(address))
    else { return nil }
    if parts.count == 2 {
      guard let bits = Int(parts[1]), (0...bytes.count * 8).contains(bits) else { return nil }
      prefixBits = bits
    } else {
      prefixBits = bytes.count * 8
    }
    self.bytes = bytes
    description = text
  }

  package func contains(_ ip: String) -> Bool {
    guard let other = Self.bytes(of: ip), other.count == bytes.count else { return false }
    for (index, pair) in zip(bytes, other).enumerated() {
      let bits = min(max(prefixBits - index * 8, 0), 8)
      let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
      if pair.0 & mask != pair.1 & mask { return false }
    }
    return true
  }

  /// Four or sixteen bytes. An IPv4 address mapped into IPv6 counts as IPv4.
  private static func bytes(of ip: String) -> [UInt8]? {
    if ip.contains(":") {
      if let dot = ip.lastIndex(of: ":"), ip.contains(".") {
        guard ip.lowercased().hasPrefix("::ffff:") else { return nil }
        return fourBytes(of: String(ip[ip.index(after: dot)...]))
      }
      return sixteenBytes(of: ip)
    }
    return fourBytes(of: ip)
  }

  private static func fourBytes(of ip: String) -> [UInt8]? {
    let parts = ip.split(separator: ".", omittingEmptySubsequences: false)
    let bytes = parts.compactMap { UInt8($0) }
    return parts.count == 4 && bytes.count == 4 ? bytes : nil
  }

  private static func sixteenBytes(of ip: String) -> [UInt8]? {
    func groups(_ text: Substring) -> [UInt16]? {
      if text.isEmpty { return [] }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      let values = parts.compactMap { $0.count <= 4 ? UInt16($0, radix: 16) : nil }
      return values.count == parts.count ? values : nil
    }
    let halves = ip.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
    guard let first = halves.first.flatMap(groups), halves.count <= 2 else { return nil }
    var all = first
    if halves.count == 2 {
      guard let last = groups(halves[1]), first.count + last.count < 8 else { return nil }
      all += Array(repeating: 0, count: 8 - first.count - last.count) + last
    }
    guard all.count == 8 else { return nil }
    return all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
  }
}
