// SPDX-License-Identifier: Apache-2.0

/// `%41` in paths.
enum PercentEncoding {
  /// Nil for a broken escape, for bytes that are no UTF-8, and for a zero byte.
  static func decoded(_ path: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Substring(path).utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
