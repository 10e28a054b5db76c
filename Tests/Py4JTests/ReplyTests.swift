// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import LivyPy4J

struct ReplyTests {
  @Test(
    "A reply is read as the gateway writes it",
    arguments: [
      ("!yv", .value(.null)), ("!yn", .value(.null)), ("!y", .value(.null)),
      ("!ybtrue", .value(.bool(true))), ("!ybfalse", .value(.bool(false))),
      ("!yi-5", .value(.int(-5))), ("!yL12345678901", .value(.long(12_345_678_901))),
      ("!yd1.0E10", .value(.double(1e10))), ("!ydInfinity", .value(.double(.infinity))),
      ("!yD1.50", .value(.decimal("1.50"))), ("!ys", .value(.text(""))),
      ("!ysa\\nb\\\\n\\rc", .value(.text("a\nb\\n\rc"))), ("!ysé", .value(.text("é"))),
      ("!ys\\x\\", .value(.text("\\x\\"))), ("!yj/wAB", .value(.bytes([255, 0, 1]))),
      ("!yjAQ==", .value(.bytes([1]))), ("!yj", .value(.bytes([]))),
      ("!yro12", .value(.reference(JavaReference(id: "o12")))),
      ("!ylo1", .value(.reference(JavaReference(id: "o1", shape: .list)))),
      ("!yto1", .value(.reference(JavaReference(id: "o1", shape: .array)))),
      ("!yao1", .value(.reference(JavaReference(id: "o1", shape: .map)))),
      ("!yho1", .value(.reference(JavaReference(id: "o1", shape: .set)))),
      ("!ygo1", .value(.reference(JavaReference(id: "o1", shape: .iterator)))),
      ("!xro3", .exception(JavaReference(id: "o3"))),
      ("!xsno such\\nmethod", .failure("no such\nmethod")),
      ("!x", .failure("the gateway gave no reason")),
      ("!xn", .failure("the gateway gave no reason")),
      ("!zbroken", .failure("broken")),
    ] as [(String, Reply)])
  func reply(_ line: String, is expected: Reply) throws {
    #expect(try Reply(line: Array(line.utf8)) == expected)
  }

  @Test("A double that is no number is read as such")
  func notANumber() throws {
    guard case .value(.double(let double)) = try Reply(line: Array("!ydNaN".utf8)) else {
      Issue.record("not a double")
      return
    }
    #expect(double.isNaN)
  }

  @Test(
    "What is not a reply is an error and nothing worse",
    arguments: [
      "", "!", "y", "HTTP/1.1 400 Bad Request", "!q", "!yq", "!yi", "!yi99999999999", "!yix",
      "!yL9223372036854775808", "!yd", "!ybmaybe", "!yj=", "!yjAQ", "!yjA===", "!yj====", "!yr",
      "!xi5", "c", "!yi5 ", "!yi٣",
    ])
  func notAReply(_ line: String) {
    #expect { try Reply(line: Array(line.utf8)) } throws: {
      ($0 as? Py4JError)?.code == .protocolError
    }
  }

  @Test("Bytes that are not UTF-8 do not stop a text")
  func damagedText() throws {
    #expect(
      try Reply(line: Array("!ysa".utf8) + [0xFF] + Array("b".utf8))
        == .value(.text("a\u{FFFD}b")))
  }

  @Test("Every byte string survives base64 both ways")
  func base64() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      #expect(Base64.decode(Array(Base64.encode(bytes).utf8)[...]) == bytes)
    }
  }
}
