// SPDX-License-Identifier: Apache-2.0

/// Makes keys of the bytes that a terminal sends. Any split of the bytes gives the same keys, but
/// that a text may come in several.
///
///     ground -- lead byte --> character -- last byte --> ground
///     ground -- ESC --> escape -- [ --> sequence -- final byte --> ground, or paste
///                       escape -- O --> function ----------------> ground
///     paste  -- ESC [ 201 ~ --> ground
///
/// Escape alone is no key: it is Alt of what follows, so no clock is needed.
struct KeyDecoder {
  private enum State {
    case ground
    /// Some bytes of a character that has `count`.
    case character([UInt8], count: Int)
    case escape
    /// What stands behind `ESC [` so far.
    case sequence([UInt8])
    /// Behind `ESC O`.
    case function
    /// Behind `ESC [ [`: one letter is a function key of the Linux console.
    case console
    /// So many bytes of the end's mark have come.
    case paste(matched: Int)
  }

  private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)
  /// No key has more; the rest of an endless sequence is dropped.
  private static let sequenceBytesMax = 32

  private let pasteBytesMax: Int
  private var state = State.ground
  private var typed = ""
  private var pasted: [UInt8] = []
  private var isCut = false
  private var keys: [Key] = []

  /// - Parameter pasteBytesMax: what is pasted beyond is dropped, and the paste marked as cut.
  init(pasteBytesMax: Int = ShellLimits.statementBytesMax) {
    self.pasteBytesMax = pasteBytesMax
  }

  mutating func read(_ bytes: some Sequence<UInt8>) -> [Key] {
    for byte in bytes { take(byte) }
    endTyped()
    defer { keys = [] }
    return keys
  }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .ground: takeOnGround(byte)
    case .character(let bytes, let count): takeRest(byte, of: bytes, count: count)
    case .escape: takeEscaped(byte)
    case .sequence(let bytes): takeSequence(byte, behind: bytes)
    case .function:
      state = .ground
      if let key = Self.arrow(byte, isWord: false) { add(key) }
      if byte == UInt8(ascii: "M") { add(.enter) }
    case .console: state = .ground
    case .paste(let matched): takePasted(byte, matched: matched)
    }
  }

  private mutating func add(_ key: Key) {
    endTyped()
    keys.append(key)
  }

  private mutating func endTyped() {
    guard !typed.isEmpty else { return }
    keys.append(.text(typed))
    typed = ""
  }

  private mutating func again(_ byte: UInt8) {
    state = .ground
    takeOnGround(byte)
  }

  private mutating func takeOnGround(_ byte: UInt8) {
    switch byte {
    case 0x1B: state = .escape
    case 0x0A, 0x0D: add(.enter)
    case 0x09: add(.tab)
    case 0x08, 0x7F: add(.backspace)
    case 0x00...0x1F:
      let character = Character(Unicode.Scalar(byte | 0x40))
      add(.control(Character(character.lowercased())))
    case 0x20...0x7E: typed.append(Character(Unicode.Scalar(byte)))
    case 0xC2...0xDF: state = .character([byte], count: 2)
    case 0xE0...0xEF: state = .character([byte], count: 3)
    case 0xF0...0xF4: state = .character([byte], count: 4)
    default: break
    }
  }

  private mutating func takeRest(_ byte: UInt8, of bytes: [UInt8], count: Int) {
    guard (0x80...0xBF).contains(byte) else { return again(byte) }
    let bytes = bytes + [byte]
    guard bytes.count == count else {
      state = .character(bytes, count: count)
      return
    }
    state = .ground
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    typed += String(text.unicodeScalars.filter { !$0.isControl })
  }

  private mutating func takeEscaped(_ byte: UInt8) {
    state = .ground
    switch byte {
    case 0x1B: state = .escape
    case UInt8(ascii: "["): state = .sequence([])
    case UInt8(ascii: "O"): state = .function
    case 0x0A, 0x0D: add(.altEnter)
    case 0x08, 0x7F: add(.altBackspace)
    case 0x20...0x7E: add(.alt(Character(Unicode.Scalar(byte))))
    default: takeOnGround(byte)
    }
  }

  private mutating func takeSequence(_ byte: UInt8, behind bytes: [UInt8]) {
    switch byte {
    case 0x20...0x3F:
      state = .sequence(bytes.count < Self.sequenceBytesMax ? bytes + [byte] : bytes)
    case UInt8(ascii: "[") where bytes.isEmpty: state = .console
    case 0x40...0x7E:
      state = .ground
      endSequence(bytes, byte)
    default: again(byte)
    }
  }

  private mutating func endSequence(_ bytes: [UInt8], _ last: UInt8) {
    let numbers = bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
      .map { UInt16(String(decoding: $0, as: UTF8.self)) ?? 0 }
    // The second number is one more than the sum of Shift 1, Alt 2, Ctrl 4.
    let modifiers = numbers.dropFirst().first.map { $0 == 0 ? 0 : $0 - 1 } ?? 0
    if let key = Self.arrow(last, isWord: modifiers & 6 != 0) { return add(key) }
    guard last == UInt8(ascii: "~") else { return }
    switch numbers.first {
    case 1, 7: add(.home)
    case 4, 8: add(.end)
    case 3: add(.delete)
    case 200:
      endTyped()
      state = .paste(matched: 0)
    default: break
    }
  }

  private static func arrow(_ byte: UInt8, isWord: Bool) -> Key? {
    switch byte {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): isWord ? .wordRight : .right
    case UInt8(ascii: "D"): isWord ? .wordLeft : .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    default: nil
    }
  }

  private mutating func takePasted(_ byte: UInt8, matched: Int) {
    let end = Self.pasteEnd
    guard byte == end[matched] else {
      // The mark's first byte occurs in it once, so no other beginning of it is lost.
      keep(end.prefix(matched))
      state = .paste(matched: byte == end[0] ? 1 : 0)
      if byte != end[0] { keep([byte]) }
      return
    }
    guard matched + 1 == end.count else {
      state = .paste(matched: matched + 1)
      return
    }
    state = .ground
    add(.paste(String(decoding: pasted, as: UTF8.self), isCut: isCut))
    pasted = []
    isCut = false
  }

  private mutating func keep(_ bytes: some Collection<UInt8>) {
    guard pasted.count + bytes.count <= pasteBytesMax else {
      isCut = true
      return
    }
    pasted += bytes
  }
}
