// SPDX-License-Identifier: Apache-2.0

/// Reads two extensions of a client's first flight. The bytes are the client's: whatever does not
/// fit its own lengths is nil, and nothing else.
enum ClientHello {
  /// The names of protocols (RFC 7301, 3.1): ranges within `bytes`, which hold a row of
  /// length-prefixed names, without the length of the row.
  static func protocols(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>]? {
    var ranges: [Range<Int>] = []
    var index = 0
    while index < bytes.count {
      let start = index + 1
      let end = start + Int(bytes[index])
      guard end > start, end <= bytes.count else { return nil }
      ranges.append(start..<end)
      index = end
    }
    return ranges
  }

  /// The row of protocols without its length, which is in the first two bytes.
  static func protocolRow(
    of list: UnsafeBufferPointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8>? {
    guard list.count >= 2, word(list, at: 0) == list.count - 2 else { return nil }
    return UnsafeBufferPointer(rebasing: list[2...])
  }

  /// The one host name of the extension `server_name` (RFC 6066, 3).
  static func serverName(in list: UnsafeBufferPointer<UInt8>) -> String? {
    // Length of the list, type of the name (0: host), length of the name, name.
    guard list.count > 5, word(list, at: 0) == list.count - 2, list[2] == 0,
      word(list, at: 3) == list.count - 5
    else { return nil }
    return String(validating: list[5...], as: UTF8.self)
  }

  private static func word(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    Int(bytes[index]) << 8 | Int(bytes[index + 1])
  }
}
