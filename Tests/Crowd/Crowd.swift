// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Connects many times to a port of this host, sends a few bytes on each connection and keeps all
/// of them open until its standard input ends: a process of its own, so that a test need not pay
/// for both ends of each connection with its own descriptors.
///
///     Crowd PORT COUNT [BYTE...]      says how many there are, as a line
@main
enum Crowd {
  static func main() {
    let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    guard numbers.count >= 2, let port = UInt16(exactly: numbers[0]) else { exit(2) }
    let greeting = numbers[2...].map { UInt8(truncatingIfNeeded: $0) }
    raiseDescriptorLimit()
    var connections: [Int32] = []
    while connections.count < numbers[1], let connection = connect(to: port) {
      connections.append(connection)
      if !greeting.isEmpty { _ = send(connection, greeting, greeting.count, Int32(MSG_NOSIGNAL)) }
    }
    print(connections.count)
    fflush(nil)
    var byte: UInt8 = 0
    while read(0, &byte, 1) > 0 {}
  }

  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(7), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(7), &limit)
  }

  private static func connect(to port: UInt16) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code == 0 { return descriptor }
    close(descriptor)
    return nil
  }
}
