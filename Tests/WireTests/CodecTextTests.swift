// SPDX-License-Identifier: Apache-2.0

internal import Testing
import WireCodec

/// The codec has its own check of UTF-8, and its own idea of where memory ends.
struct CodecTextTests {
  /// The first and last bytes of all ranges of the Unicode Standard's table 3-7, and their
  /// neighbours.
  static let edges: [UInt8] = [
    0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4,
    0xF5,
  ]

  /// So many letters before and after: words of eight bytes begin at each place of a sequence.
  static let surroundings = [(0, 0), (0, 9), (5, 3), (8, 0)]

  @Test("Four bytes are text exactly where the standard library says so", arguments: edges)
  func sequences(lead: UInt8) throws {
    for second in Self.edges {
      for third in Self.edges {
        for fourth in Self.edges {
          for (before, after) in Self.surroundings {
            let text =
              [UInt8](repeating: 0x61, count: before) + [lead, second, third, fourth]
              + [UInt8](repeating: 0x61, count: after)
            #expect(Self.read(text) == String(validating: text, as: UTF8.self), "\(text)")
          }
        }
      }
    }
  }

  @Test("Text of each length is read as it was written, wherever it leaves ASCII")
  func lengths() throws {
    for count in 0...40 {
      let ascii = String(repeating: "x", count: count)
      #expect(Self.read(Array(ascii.utf8)) == ascii)
      for place in 0...count {
        var text = ascii
        text.insert("\u{20AC}", at: text.index(text.startIndex, offsetBy: place))
        #expect(Self.read(Array(text.utf8)) == text)
        #expect(Self.read(Array(text.utf8.dropLast(count - place + 1))) == nil)
      }
    }
  }

  @Test("A message in memory with room to spare writes its own bytes and no other")
  func spareRoom() {
    let message = Scalars(uint64Value: .max, stringValue: "\u{e9}t\u{e9}", bytesValue: [1, 2, 3])
    let size = message.encodedSize
    for spare in 0...24 {
      var memory = [UInt8](repeating: 0xEE, count: size + spare)
      let written = memory.withUnsafeMutableBytes { message.encode(into: $0) }
      #expect(written == size)
      #expect(Array(memory[..<size]) == message.encoded())
      #expect(memory[size...].allSatisfy { $0 == 0xEE })
    }
  }

  /// The string field of a message with these bytes; `nil` if they are not text.
  private static func read(_ text: [UInt8]) -> String? {
    try? Scalars(decoding: [0x72, UInt8(text.count)] + text).stringValue
  }
}
