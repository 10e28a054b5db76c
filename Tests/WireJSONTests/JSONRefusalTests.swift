// SPDX-License-Identifier: Apache-2.0

internal import TestSupport
internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples

/// Texts that are no JSON, or not that of their message, and texts that are too much.
struct JSONRefusalTests {
  static let scalars: [(String, JSONError.Code, Int)] = [
    ("", .truncated, 0), ("  ", .truncated, 2), ("{", .truncated, 1), ("[]", .wrongKind, 0),
    ("null", .wrongKind, 0), ("{}x", .trailingBytes, 2), ("{} {}", .trailingBytes, 3),
    ("{,}", .malformed, 1), (#"{"int32Value":1,}"#, .malformed, 16),
    (#"{"int32Value" 1}"#, .malformed, 14), (#"{"int32Value":}"#, .malformed, 14),
    (#"{"int32Value":01}"#, .malformed, 14), (#"{"int32Value":+1}"#, .malformed, 14),
    (#"{"int32Value":1.}"#, .malformed, 16), (#"{"int32Value":.5}"#, .malformed, 14),
    (#"{"int32Value":1e}"#, .malformed, 16), (#"{"int32Value":-}"#, .malformed, 15),
    (#"{"int32Value":1"#, .truncated, 15), (#"{"int32Value":tru}"#, .wrongKind, 14),
    (#"{"int32Value":1.5}"#, .outOfRange, 14), (#"{"int32Value":2147483648}"#, .outOfRange, 14),
    (#"{"int32Value":1e99999999999}"#, .outOfRange, 14),
    (#"{"int32Value":" 1"}"#, .invalidForm, 14), (#"{"int32Value":"1 "}"#, .invalidForm, 14),
    (#"{"int32Value":""}"#, .invalidForm, 14), (#"{"int32Value":"NaN"}"#, .invalidForm, 14),
    (#"{"uint32Value":-1}"#, .outOfRange, 15), (#"{"int32Value":[1]}"#, .wrongKind, 14),
    (#"{"int64Value":9223372036854775808}"#, .outOfRange, 14),
    (#"{"uint64Value":18446744073709551616}"#, .outOfRange, 15),
    (#"{"doubleValue":1e309}"#, .outOfRange, 15), (#"{"floatValue":1e39}"#, .outOfRange, 14),
    (#"{"doubleValue":NaN}"#, .malformed, 15), (#"{"doubleValue":"inf"}"#, .invalidForm, 15),
    (#"{"boolValue":"true"}"#, .wrongKind, 13), (#"{"boolValue":1}"#, .wrongKind, 13),
    (#"{"boolValue":tree}"#, .malformed, 13), (#"{"stringValue":1}"#, .wrongKind, 15),
    ("{\"stringValue\":\"\u{1}\"}", .malformed, 16), (#"{"stringValue":"a"#, .truncated, 17),
    (#"{"stringValue":"\x"}"#, .invalidEscape, 16),
    (#"{"stringValue":"\u12"}"#, .invalidEscape, 16),
    (#"{"stringValue":"\uD800"}"#, .invalidEscape, 16),
    (#"{"stringValue":"\uD800\u0041"}"#, .invalidEscape, 16),
    (#"{"stringValue":"\uDC00"}"#, .invalidEscape, 16),
    (#"{"bytesValue":"A"}"#, .invalidBase64, 14), (#"{"bytesValue":"AA="}"#, .invalidBase64, 14),
    (#"{"bytesValue":"A*=="}"#, .invalidBase64, 14),
    (#"{"bytesValue":"===="}"#, .invalidBase64, 14),
    (#"{"colour":"RED"}"#, .unknownEnumValue, 10), (#"{"colour":true}"#, .wrongKind, 10),
    (#"{"colour":2147483648}"#, .outOfRange, 10), (#"{"nothing":1}"#, .unknownField, 1),
    (#"{"int32Value":1,"int32_value":1}"#, .duplicate, 16),
    (#"{"int32Value":null,"int32Value":1}"#, .duplicate, 19),
  ]

  @Test(
    "A text that is not a message's JSON is refused with the reason and the place",
    arguments: scalars)
  func refused(text: String, code: JSONError.Code, offset: Int) {
    #expect(throws: JSONError(code, at: offset)) { try PlainScalars(json: text) }
  }

  @Test("Strings that are not UTF-8 are refused")
  func utf8() {
    let bytes = Array(#"{"stringValue":""#.utf8) + [0xC3, 0x28] + Array("\"}".utf8)
    #expect(throws: JSONError(.invalidUTF8, at: 16)) { try PlainScalars(json: bytes) }
  }

  @Test("Lists, maps and oneofs have rules of their own")
  func structures() {
    func code<Message: JSONMessage>(_ type: Message.Type, _ text: String) -> JSONError.Code? {
      #expect(throws: JSONError.self) { try Message(json: text) }?.code
    }
    #expect(code(PackedLists.self, #"{"int32List":[null]}"#) == .unexpectedNull)
    #expect(code(PackedLists.self, #"{"int32List":[1,]}"#) == .malformed)
    #expect(code(PackedLists.self, #"{"int32List":1}"#) == .wrongKind)
    #expect(code(AllMaps.self, #"{"stones":{"a":null}}"#) == .unexpectedNull)
    #expect(code(AllMaps.self, #"{"byInt32":{"1":1,"1":2}}"#) == .duplicate)
    #expect(code(AllMaps.self, #"{"stones":{"\u00e9":{},"e\u0301":{}}}"#) == .duplicate)
    #expect(code(AllMaps.self, #"{"byInt32":{"x":1}}"#) == .invalidForm)
    #expect(code(AllMaps.self, #"{"byBool":{"1":1}}"#) == .invalidForm)
    #expect(code(Choice.self, #"{"boolPick":true,"stringPick":"a"}"#) == .oneofTwice)
  }

  @Test("Bytes, depth and elements are limited")
  func limits() throws {
    let small = JSONReadingOptions(
      limits: JSONLimits(bytesMax: 40, depthMax: 2, elementsMax: 3))
    #expect(try Item(json: #"{"parts":[{"amount":1},{},{}]}"#, small).parts.count == 3)
    for (text, code) in [
      (#"{"parts":[{},{},{},{}]}"#, JSONError.Code.tooManyElements),
      (#"{"parts":[{"parts":[]}]}"#, .tooDeep),
      (#"{"amount":1                             }"#, .tooLarge),
    ] {
      let error = #expect(throws: JSONError.self) { try Item(json: text, small) }
      #expect(error?.code == code, "\(text)")
    }
    let ignoring = JSONReadingOptions(unknown: .ignored)
    let deep = #"{"x":"# + String(repeating: "[", count: 1_000_000)
    let error = #expect(throws: JSONError.self) { try Item(json: deep, ignoring) }
    #expect(error?.code == .tooDeep)
  }

  @Test("An error says what is wrong and where, in words")
  func words() {
    let codes = JSONError.Code.allCases.map { JSONError($0, at: 12).description }
    #expect(Set(codes).count == codes.count)
    #expect(codes.allSatisfy { $0.hasSuffix(", at byte 12 of the JSON") })
  }

  @Test("Texts cut or damaged anywhere are refused or read", arguments: 0..<10)
  func damage(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let whole = try Choice(
      pick: .choicePick(Choice(pick: .stringPick("a\n\u{1F600}"), lonely: .alone([1, 2]))),
      before: "é", other: .middle(Leaf(green: -5, veins: ["x", "y"]))
    ).jsonBytes()
    let odd = Array(#"{}[]",:\u0e-+.1dDtn "#.utf8) + [0, 0xC3, 0xFF]
    for cut in whole.indices {
      #expect(throws: JSONError.self) { try Choice(json: Array(whole[..<cut])) }
    }
    for _ in 0..<2000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        bytes[place] = odd.randomElement(using: &random) ?? 0
      }
      do {
        let message = try Choice(json: bytes)
        #expect(try Choice(json: message.jsonBytes()) == message)
      } catch {
        #expect(error.offset <= bytes.count)
      }
    }
  }
}
