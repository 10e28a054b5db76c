// SPDX-License-Identifier: Apache-2.0

/// Where a server is: scheme, host, and what stands before the routes.
struct ServerAddress: Hashable, Sendable {
  /// Without a slash at its end.
  let base: String

  init(_ url: String) throws(ClientError) {
    let isWeb = url.hasPrefix("http://") || url.hasPrefix("https://")
    let authority = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
    let isClean = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") }
    guard isWeb, !authority.isEmpty, isClean else {
      throw ClientError(
        .badURL, "'\(url)' is not the address of a server: write it like http://127.0.0.1:8998")
    }
    var base = url
    while base.hasSuffix("/") { base.removeLast() }
    self.base = base
  }

  func url(_ path: [String], query: [(String, Int?)] = []) -> String {
    let parts = query.compactMap { name, value in value.map { "\(name)=\($0)" } }
    let suffix = parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    return base + path.map { "/" + Self.encoded($0) }.joined() + suffix
  }

  /// Everything but RFC 3986's unreserved characters becomes an escape.
  private static func encoded(_ segment: String) -> String {
    var result = ""
    for byte in segment.utf8 {
      let character = Character(Unicode.Scalar(byte))
      let isPlain = byte < 0x80 && (character.isLetter || character.isNumber)
      if isPlain || "-._~".contains(character) {
        result.append(character)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }
}
