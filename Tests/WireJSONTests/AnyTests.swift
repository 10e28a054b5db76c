// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples
internal import WireWellKnown
internal import WireWellKnownJSON

/// Messages of any type, in JSON.
struct AnyTests {
  @Test("An Any has its type beside its fields, or beside its value")
  func any() throws {
    let writing = JSONWritingOptions(types: Samples.types)
    let reading = JSONReadingOptions(types: Samples.types)
    let inner = AnyMessage(
      typeURL: "type.googleapis.com/samples.lists.Item", value: Item(amount: 5).encoded())
    let outer = AnyMessage(typeURL: "x/google.protobuf.Any", value: inner.encoded())
    let text =
      #"{"@type":"x/google.protobuf.Any","value":{"@type":"type.googleapis.com/samples.lists.Item","amount":5}}"#
    #expect(try outer.json(writing) == text)
    #expect(try AnyMessage(json: text, reading) == outer)
    #expect(
      try AnyMessage(
        json: #"{"amount":5,"@type":"type.googleapis.com/samples.lists.Item"}"#, reading)
        == inner)
    #expect(try AnyMessage(json: "{}", reading) == AnyMessage())
    #expect(try AnyMessage().json(writing) == "{}")
  }

  @Test(
    "An Any of an unknown type, or of none, is refused",
    arguments: [
      (#"{"@type":"x/nobody"}"#, JSONError.Code.unknownType), (#"{"@type":"x"}"#, .unknownType),
      (#"{"@type":1}"#, .wrongKind), (#"{"a":1}"#, .unknownField),
      (#"{"@type":"x/google.protobuf.Duration"}"#, .invalidForm),
      (#"{"@type":"x/samples.lists.Item","value":1}"#, .unknownField),
      (#"{"@type":"x/google.protobuf.Duration","value":"1s","value":"1s"}"#, .duplicate),
      (#"{"@type":"x/google.protobuf.Duration","value":"1s","@type":"x/nobody"}"#, .duplicate),
      (#"{"@type":"x/samples.lists.Item","@type":"x/samples.lists.Item"}"#, .duplicate),
    ])
  func badAny(text: String, code: JSONError.Code) {
    let error = #expect(throws: JSONError.self) {
      try AnyMessage(json: text, JSONReadingOptions(types: Samples.types))
    }
    #expect(error?.code == code)
  }

  @Test("Looking ahead for the type is limited where it stands last at each level")
  func nestedAny() {
    let filler = String(repeating: " ", count: 1000)
    var text = #"{"@type":"x/google.protobuf.Empty"}"#
    for _ in 0..<50 { text = #"{"value":\#(text)\#(filler),"@type":"x/google.protobuf.Any"}"# }
    var options = JSONReadingOptions(types: Samples.types)
    #expect(throws: Never.self) { try AnyMessage(json: text, options) }
    options.limits.bytesMax = text.utf8.count * 10
    let error = #expect(throws: JSONError.self) { try AnyMessage(json: text, options) }
    #expect(error?.code == .tooLarge)
  }

  @Test("What is read twice is counted once among the elements")
  func elementsAgain() throws {
    let options = JSONReadingOptions(
      types: Samples.types, limits: JSONLimits(elementsMax: 3))
    let end = #"],"@type":"x/samples.lists.Item"}"#
    #expect(throws: Never.self) { try AnyMessage(json: #"{"parts":[{},{},{}"# + end, options) }
    let error = #expect(throws: JSONError.self) {
      try AnyMessage(json: #"{"parts":[{},{},{},{}"# + end, options)
    }
    #expect(error?.code == .tooManyElements)
  }

  @Test("What is decoded to write Anys inside of each other is limited")
  func nestedWriting() throws {
    var message = AnyMessage(
      typeURL: "x/samples.scalars.PlainScalars",
      value: PlainScalars(bytesValue: [UInt8](repeating: 1, count: 1000)).encoded())
    var bytes = message.value.count
    for _ in 0..<20 {
      message = AnyMessage(typeURL: "x/google.protobuf.Any", value: message.encoded())
      bytes += message.value.count
    }
    var options = JSONWritingOptions(types: Samples.types, anyBytesMax: bytes)
    #expect(throws: Never.self) { try message.json(options) }
    options.anyBytesMax -= 1
    let error = #expect(throws: JSONError.self) { try message.json(options) }
    #expect(error?.code == .tooLarge)
  }
}
