// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import LivyPy4J

struct ReplyLinesTests {
  private static let input = Array("!yv\n!ysé\n\n!x\n!yi12345678\nrest".utf8)
  private static let lines = ["!yv", "!ysé", "", "!x", "!yi12345678"]
    .map { ReplyLines.Line.whole(Array($0.utf8)) }

  private func push(_ bytes: some Sequence<UInt8>, into lines: inout ReplyLines)
    -> [ReplyLines.Line]
  {
    Array(bytes).withUnsafeBytes { lines.push($0) }
  }

  @Test("Lines come out whole wherever their bytes are cut")
  func cutAnywhere() {
    for first in Self.input.indices {
      for second in first..<Self.input.count {
        var splitter = ReplyLines(bytesMax: 100)
        var found = push(Self.input[..<first], into: &splitter)
        found += push(Self.input[first..<second], into: &splitter)
        found += push(Self.input[second...], into: &splitter)
        #expect(found == Self.lines)
      }
    }
  }

  @Test("Lines come out whole when each byte comes by itself")
  func byteByByte() {
    var splitter = ReplyLines(bytesMax: 100)
    #expect(Self.input.flatMap { push([$0], into: &splitter) } == Self.lines)
  }

  @Test("A line above the limit is skipped, the next one is read", arguments: [1, 3, 9, 100])
  func tooLong(step: Int) {
    let bytes = Array("1234\n12345\n\n1234567890\nok\n".utf8)
    var splitter = ReplyLines(bytesMax: 4)
    var found: [ReplyLines.Line] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      found += push(bytes[start..<min(start + step, bytes.count)], into: &splitter)
    }
    #expect(
      found == [
        .whole(Array("1234".utf8)), .tooLong, .whole([]), .tooLong, .whole(Array("ok".utf8)),
      ])
  }
}
