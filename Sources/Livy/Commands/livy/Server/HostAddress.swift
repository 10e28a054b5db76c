// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore

/// Resolves a name of this machine to the numeric address that Transport listens on.
enum HostAddress {
  static func resolve(_ host: String) throws(LivyError) -> String {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard code == 0, let first = list else {
      throw LivyError(
        .configuration,
        "livy.rsc.launcher.address is \"\(host)\", which cannot be resolved: \(String(cString: gai_strerror(code)))"
      )
    }
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let named = getnameinfo(
      first.pointee.ai_addr, first.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
      NI_NUMERICHOST)
    guard named == 0 else {
      throw LivyError(.configuration, "the address of \"\(host)\" cannot be read")
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
