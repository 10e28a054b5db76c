// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples
internal import WireWellKnown
internal import WireWellKnownJSON

/// Messages that are nested as deep as they may be.
struct DepthTests {
  struct Shape: Sendable {
    var type: any JSONMessage.Type
    var head = ""
    var open: String
    var core: String
    var close: String
    var tail = ""
    /// How often it may be nested.
    var levels: Int

    func text(_ levels: Int) -> String {
      head + String(repeating: open, count: levels) + core
        + String(repeating: close, count: levels) + tail
    }
  }

  static let shapes = [
    Shape(type: Value.self, open: "[", core: "", close: "]", levels: 50),
    Shape(type: Value.self, open: #"{"a":"#, core: "1", close: "}", levels: 33),
    Shape(type: ListValue.self, open: "[", core: "", close: "]", levels: 51),
    Shape(type: Struct.self, open: #"{"a":"#, core: "[]", close: "}", levels: 33),
    Shape(
      type: WellKnownPlaces.self, head: #"{"list":"#, open: "[", core: "", close: "]", tail: "}",
      levels: 50),
    Shape(
      type: WellKnownPlaces.self, head: #"{"anyValue":"#, open: "[", core: "true", close: "]",
      tail: "}", levels: 49),
    Shape(
      type: WellKnownPlaces.self, head: #"{"object":{"a":"#, open: #"{"a":["#, core: "null",
      close: "]}", tail: "}}", levels: 19),
    Shape(
      type: TestAllTypesProto3.self, open: #"{"recursiveMessage":"#,
      core: #"{"optionalInt32Wrapper":1}"#, close: "}", levels: 99),
    Shape(
      type: TestAllTypesProto3.self, open: #"{"recursiveMessage":"#,
      core: #"{"optionalInt32":1}"#, close: "}", levels: 100),
  ]

  @Test("What is read from JSON is read from its bytes, and from the JSON that is written of it")
  func everyLevel() throws {
    for shape in Self.shapes {
      for levels in 1...shape.levels { try Self.expectSame(shape.type, shape.text(levels)) }
      let error = #expect(throws: JSONError.self, "\(shape)") {
        try shape.type.init(json: shape.text(shape.levels + 1))
      }
      #expect(error?.code == .tooDeep, "\(shape)")
    }
  }

  private static func expectSame<Message: JSONMessage>(_ type: Message.Type, _ text: String) throws
  {
    let message = try Message(json: text)
    #expect(try Message(decoding: message.encoded()) == message, "\(text)")
    #expect(try Message(json: message.json()) == message, "\(text)")
  }

  @Test("A message that is nested deeper than the limit is not written")
  func writing() throws {
    let options = JSONWritingOptions(depthMax: 2)
    #expect(try Item(parts: [Item(amount: 1)]).json(options) == #"{"parts":[{"amount":1}]}"#)
    let error = #expect(throws: JSONError.self) {
      try Item(parts: [Item(parts: [Item()])]).json(options)
    }
    #expect(error?.code == .tooDeep)
    let value = Value(kind: .listValue(ListValue(values: [Value(kind: .boolValue(true))])))
    #expect(try value.json(options) == "[true]")
    let deep = Value(kind: .listValue(ListValue(values: [value])))
    #expect(throws: JSONError.self) { try deep.json(options) }
  }
}
