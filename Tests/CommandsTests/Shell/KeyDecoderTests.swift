// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LivyCommand

@Suite("Keys of the shell")
struct KeyDecoderTests {
  static let cases: [(bytes: String, keys: [Key])] = [
    ("ab", [.text("ab")]), ("é漢😀", [.text("é漢😀")]), ("\r", [.enter]), ("\n", [.enter]),
    ("\t", [.tab]), ("\u{7F}\u{8}", [.backspace, .backspace]),
    ("\u{1}\u{3}\u{1A}\u{1C}\u{0}", ["a", "c", "z", "\\", "@"].map { .control($0) }),
    ("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D", [.up, .down, .right, .left]),
    ("\u{1B}OA\u{1B}OH\u{1B}OF\u{1B}OM", [.up, .home, .end, .enter]),
    ("\u{1B}[1;5C\u{1B}[1;3D\u{1B}[1;2C", [.wordRight, .wordLeft, .right]),
    (
      "\u{1B}[H\u{1B}[F\u{1B}[1~\u{1B}[4~\u{1B}[7~\u{1B}[8~",
      [.home, .end, .home, .end, .home, .end]
    ),
    ("\u{1B}[3~", [.delete]), ("\u{1B}b\u{1B}f", [.alt("b"), .alt("f")]),
    ("\u{1B}\u{1B}b", [.alt("b")]), ("\u{1B}\r\u{1B}\u{7F}", [.altEnter, .altBackspace]),
    // What is not known is nothing, and what follows is not lost.
    ("\u{1B}[[Ax", [.text("x")]), ("\u{1B}[99;99;99zx", [.text("x")]),
    ("\u{1B}[?1;2cx", [.text("x")]),
    ("\u{1B}[12\rx", [.enter, .text("x")]), ("\u{1B}[1\u{1B}[A", [.up]),
    ("\u{1B}[65536;65536Ax", [.up, .text("x")]), ("\u{85}\u{9B}Ax\u{202E}", [.text("Ax")]),
    (
      "\u{1B}[200~a\rb\u{1B}[31m\u{1B}[201~c", [.paste("a\rb\u{1B}[31m", isCut: false), .text("c")]
    ),
    (
      "x\u{1B}[200~\u{1B}\u{1B}[20\u{1B}[201~",
      [.text("x"), .paste("\u{1B}\u{1B}[20", isCut: false)]
    ),
  ]

  @Test("Bytes are keys", arguments: cases.indices)
  func keys(index: Int) {
    var decoder = KeyDecoder()
    #expect(decoder.read(Self.cases[index].bytes.utf8) == Self.cases[index].keys)
  }

  @Test("Wherever the bytes are cut, the keys are the same")
  func cuts() {
    let bytes = Array(Self.cases.map(\.bytes).joined().utf8)
    var whole = KeyDecoder()
    let expected = Self.joined(whole.read(bytes))
    for cut in bytes.indices {
      var decoder = KeyDecoder()
      let keys = decoder.read(bytes[..<cut]) + decoder.read(bytes[cut...])
      #expect(Self.joined(keys) == expected, "cut at \(cut)")
    }
    var single = KeyDecoder()
    #expect(Self.joined(bytes.flatMap { single.read([$0]) }) == expected)
  }

  /// A text may come in pieces.
  private static func joined(_ keys: [Key]) -> [Key] {
    keys.reduce(into: []) { joined, key in
      if case .text(let more) = key, case .text(let text)? = joined.last {
        joined[joined.count - 1] = .text(text + more)
      } else {
        joined.append(key)
      }
    }
  }

  @Test("Bytes that are no UTF-8 are nothing")
  func broken() {
    var decoder = KeyDecoder()
    #expect(decoder.read([0xC3, 0x28, 0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0x61]) == [.text("(a")])
    #expect(decoder.read([0xF0, 0x9F]) == [])
    #expect(decoder.read([0x98, 0x80]) == [.text("😀")])
  }

  @Test("A paste beyond the limit is cut and says so; the next one is whole")
  func longPaste() {
    var decoder = KeyDecoder(pasteBytesMax: 10)
    let long = "\u{1B}[200~" + String(repeating: "x", count: 100_000) + "\u{1B}[201~"
    guard case .paste(let text, isCut: true)? = decoder.read(long.utf8).first else {
      Issue.record("it was not cut")
      return
    }
    #expect(text.utf8.count <= 10)
    #expect(
      decoder.read("\u{1B}[200~0123456789\u{1B}[201~".utf8) == [.paste("0123456789", isCut: false)])
  }

  @Test("Any bytes give keys that a text can come from, and never end the decoder")
  func random() {
    var generator = SplitMix64(seed: 11)
    let marks = [
      "\u{1B}", "[", "O", "2", "0", "1", "~", ";", "\u{1B}[200~", "\u{1B}[201~", "é", "\r",
    ]
    for _ in 0..<300 {
      var decoder = KeyDecoder(pasteBytesMax: 50)
      for _ in 0..<40 {
        let isMark = generator.chance(60)
        let bytes =
          isMark
          ? Array((marks.randomElement(using: &generator) ?? "").utf8)
          : (0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for case .text(let text) in decoder.read(bytes) {
          #expect(text.unicodeScalars.allSatisfy { !$0.isControl })
        }
      }
      // However it stands, the end of a paste and a key bring it back.
      _ = decoder.read("\u{1B}[201~".utf8)
      _ = decoder.read("\u{18}".utf8)
      #expect(decoder.read("z".utf8) == [.text("z")])
    }
  }
}
