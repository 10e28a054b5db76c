// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples

struct JSONWritingTests {
  @Test("Numbers of 64 bits stand in quotes, bytes are base64, infinity and NaN have names")
  func scalars() throws {
    let message = PlainScalars(
      doubleValue: -.infinity, floatValue: .nan, int32Value: -1, int64Value: .min,
      uint32Value: .max, uint64Value: .max, boolValue: true, stringValue: "é\u{1}\"\\\n",
      bytesValue: [0xFB, 0xFF, 0], colour: .red)
    #expect(
      try message.json() == #"{"doubleValue":"-Infinity","floatValue":"NaN","int32Value":-1,"#
        + #""int64Value":"-9223372036854775808","uint32Value":4294967295,"#
        + #""uint64Value":"18446744073709551615","boolValue":true,"#
        + #""stringValue":"é\u0001\"\\\n","bytesValue":"+/8A","colour":"COLOUR_RED"}"#)
  }

  @Test("Numbers with a fraction are as short as they can be and exact")
  func floats() throws {
    for value in [
      0.1, 1e21, Double.leastNonzeroMagnitude, -0.0, 1.7976931348623157e308, 123456.789,
    ] {
      let message = PlainScalars(doubleValue: value)
      #expect(try PlainScalars(json: message.json()).doubleValue.bitPattern == value.bitPattern)
    }
    #expect(try PlainScalars(floatValue: 0.1).json() == #"{"floatValue":0.1}"#)
    #expect(try PlainScalars(doubleValue: -0.0).json() == #"{"doubleValue":-0.0}"#)
  }

  @Test("What is not set is left out; presence is shown")
  func presence() throws {
    #expect(try PlainScalars().json() == "{}")
    #expect(
      try OptionalScalars(int32Value: 0, plain: PlainScalars()).json()
        == #"{"int32Value":0,"plain":{}}"#)
    #expect(
      try EnumPlaces().json(JSONWritingOptions(defaults: .printed))
        == #"{"grade":"GRADE_NONE","packed":[],"loose":[],"named":{}}"#)
  }

  @Test("Names are those of JSON or of the schema")
  func names() throws {
    let message = NameSample(uiURL: 1, leading: 2, renamed: "r", odd: "o")
    #expect(
      try message.json()
        == #"{"uiUrl":1,"Leading":2,"another":"r","with space and \"quotes\" \\ é":"o"}"#)
    #expect(
      try message.json(JSONWritingOptions(names: .schema))
        == #"{"ui_url":1,"_leading":2,"renamed":"r","odd":"o"}"#)
  }

  @Test("Enums are names, or numbers where there is none or none is wanted")
  func enums() throws {
    let message = EnumPlaces(
      grade: .gradeGood, packed: [.gradeBad, .unrecognized(55)], pick: .picked(.gradeNone))
    #expect(
      try message.json()
        == #"{"grade":"GRADE_GOOD","packed":["GRADE_BAD",55],"picked":"GRADE_NONE"}"#)
    #expect(
      try message.json(JSONWritingOptions(enums: .numbers))
        == #"{"grade":1,"packed":[100,55],"picked":0}"#)
  }

  @Test("Maps are objects in order of their keys, whatever the keys are")
  func maps() throws {
    let message = AllMaps(
      byBool: [true: 1], ofInt32: [10: 1, -2: 3, 9: 0],
      stones: ["b": Stone(), "a": Stone(name: "x")])
    #expect(
      try message.json()
        == #"{"byBool":{"true":"1"},"ofInt32":{"-2":3,"9":0,"10":1},"#
        + #""stones":{"a":{"name":"x"},"b":{}}}"#)
  }

  @Test("A message that is nested deeper than the limit is not written")
  func depth() throws {
    var edge = Edge()
    for _ in 0..<50 { edge = Edge(hop: Edge.Hop(edge: edge)) }
    #expect(try Edge(json: edge.json()) == edge)
    let error = #expect(throws: JSONError.self) {
      try Edge(hop: Edge.Hop(edge: edge)).json()
    }
    #expect(error?.code == .tooDeep)
  }
}
