// SPDX-License-Identifier: Apache-2.0

/// Finds a token in bytes that come in pieces, wherever they are cut.
struct TokenSearch: Equatable, Sendable {
  let token: [UInt8]
  /// The end of what came, where the token may have begun.
  private var undecided: [UInt8] = []

  init(token: [UInt8]) {
    self.token = token
  }

  /// What surely stands before the token; and what came behind it, once it was found. Then the
  /// search begins anew.
  mutating func push(_ bytes: [UInt8]) -> (before: [UInt8], behind: [UInt8]?) {
    let window = undecided + bytes
    if let place = window.firstRange(of: token) {
      undecided = []
      return (Array(window[..<place.lowerBound]), Array(window[place.upperBound...]))
    }
    let longest = min(window.count, token.count - 1)
    let kept =
      stride(from: longest, to: 0, by: -1).first {
        window.suffix($0).elementsEqual(token.prefix($0))
      } ?? 0
    undecided = window.suffix(kept)
    return (window.dropLast(kept), nil)
  }
}

/// Printed bytes up to a limit, as text.
struct BoundedText: Sendable {
  private let bytesMax: Int
  private var bytes: [UInt8] = []
  /// How many of them `takeNews` has given.
  private var given = 0
  private var isCut = false

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  mutating func append(_ more: [UInt8]) {
    let room = max(0, bytesMax - bytes.count)
    bytes += more.prefix(room)
    if more.count > room { isCut = true }
  }

  /// What came since the last call, in whole characters.
  mutating func takeNews() -> String? {
    let end = wholeEnd
    guard end > given else { return nil }
    defer { given = end }
    return String(decoding: bytes[given..<end], as: UTF8.self)
  }

  /// All of it, and begins anew.
  mutating func take() -> String {
    defer { self = BoundedText(bytesMax: bytesMax) }
    guard isCut else { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: bytes[..<wholeEnd], as: UTF8.self)
      + "\n... [output cut by Livy after \(bytesMax) bytes]"
  }

  func lastLines(max count: Int) -> [String] {
    let tailMax = 4_096
    let text = String(decoding: bytes.suffix(tailMax), as: UTF8.self)
    return text.split(separator: "\n").suffix(count).map { String($0) }
  }

  /// Where no character is cut in two.
  private var wholeEnd: Int {
    let lead = bytes.suffix(4).lastIndex { $0 & 0b1100_0000 != 0b1000_0000 }
    guard let lead else { return bytes.count }
    let length = bytes[lead] >= 0xf0 ? 4 : bytes[lead] >= 0xe0 ? 3 : bytes[lead] >= 0xc0 ? 2 : 1
    return bytes.count - lead < length ? lead : bytes.count
  }
}
