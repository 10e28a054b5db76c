// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples

struct JSONReadingTests {
  @Test(
    "Whole numbers come as numbers or in quotes, with an exponent or a fraction of zeros",
    arguments: [
      ("5", 5), ("\"5\"", 5), ("-7", -7), ("1e3", 1000), ("\"1E3\"", 1000), ("1.50e1", 15),
      ("100e-2", 1), ("0.0", 0), ("-0", 0), ("2147483647", .max), ("-2147483648", .min),
      ("0e99999999999999999999", 0), ("21474836470e-1", .max),
    ] as [(String, Int32)])
  func integers(text: String, value: Int32) throws {
    #expect(try PlainScalars(json: "{\"int32Value\":\(text)}") == PlainScalars(int32Value: value))
  }

  @Test("64 bits are exact")
  func wide() throws {
    let text = #"{"int64Value":-9223372036854775808,"uint64Value":"18446744073709551615"}"#
    #expect(
      try PlainScalars(json: text) == PlainScalars(int64Value: .min, uint64Value: .max))
    #expect(
      try PlainScalars(json: #"{"uint64Value":1.8446744073709551615e19}"#).uint64Value == .max)
  }

  @Test("Numbers with a fraction come as numbers, in quotes or as names")
  func floats() throws {
    #expect(try PlainScalars(json: #"{"doubleValue":"Infinity"}"#).doubleValue == .infinity)
    #expect(try PlainScalars(json: #"{"floatValue":"-Infinity"}"#).floatValue == -.infinity)
    #expect(try PlainScalars(json: #"{"floatValue":"NaN"}"#).floatValue.isNaN)
    #expect(try PlainScalars(json: #"{"doubleValue":"1.5"}"#).doubleValue == 1.5)
    #expect(try PlainScalars(json: #"{"doubleValue":-0}"#).doubleValue.sign == .minus)
    #expect(try PlainScalars(json: #"{"doubleValue":1e-999}"#).doubleValue == 0)
    #expect(
      try PlainScalars(json: #"{"floatValue":3.4028235e38}"#).floatValue
        == Float.greatestFiniteMagnitude)
  }

  @Test("Names of JSON and of the schema are read, escaped or not")
  func names() throws {
    let message = NameSample(uiURL: 1, renamed: "r")
    #expect(try NameSample(json: #"{"uiUrl":1,"another":"r"}"#) == message)
    #expect(try NameSample(json: #"{"ui_url":1,"renamed":"r"}"#) == message)
    #expect(try NameSample(json: #" { "\u0075iUrl" : 1 , "another" : "\u0072" } "#) == message)
  }

  @Test("Escapes stand for what JSON says, pairs of surrogates for one character")
  func escapes() throws {
    #expect(
      try PlainScalars(json: #"{"stringValue":"\"\\\/\b\f\n\r\t\u00e9\uD83d\uDE00"}"#)
        == PlainScalars(stringValue: "\"\\/\u{8}\u{C}\n\r\té\u{1F600}"))
  }

  @Test(
    "Base64 of both alphabets is read, with padding and without",
    arguments: ["+/8A", "-_8A", "+_8A"])
  func base64(text: String) throws {
    #expect(
      try PlainScalars(json: "{\"bytesValue\":\"\(text)\"}").bytesValue == [0xFB, 0xFF, 0])
  }

  @Test("The end of base64 is read with padding and without")
  func base64Ends() throws {
    for text in ["/w==", "/w", "_w=="] {
      #expect(try PlainScalars(json: "{\"bytesValue\":\"\(text)\"}").bytesValue == [0xFF])
    }
    for text in ["//8=", "//8"] {
      #expect(try PlainScalars(json: "{\"bytesValue\":\"\(text)\"}").bytesValue == [0xFF, 0xFF])
    }
  }

  @Test("Null is a field that is not set")
  func null() throws {
    let text = """
      {"int32Value":null,"stringValue":null,"bytesValue":null,"colour":null,"plain":null}
      """
    #expect(try OptionalScalars(json: text) == OptionalScalars())
    #expect(try PackedLists(json: #"{"int32List":null,"items":null}"#) == PackedLists())
    #expect(try AllMaps(json: #"{"stones":null}"#) == AllMaps())
    #expect(try Choice(json: #"{"stringPick":null,"boolPick":true}"#).pick == .boolPick(true))
  }

  @Test("Enums are read as names, second names and numbers")
  func enums() throws {
    let text = #"{"packed":["GRADE_FINE","grade_good",1,100,77,"OTHER"],"named":{"a":"GRADE_BAD"}}"#
    #expect(
      try EnumPlaces(json: text)
        == EnumPlaces(
          packed: [.gradeGood, .gradeGood, .gradeGood, .gradeBad, .unrecognized(77), .other],
          named: ["a": .gradeBad]))
  }

  @Test("What is unknown is stepped over if that is wanted")
  func unknown() throws {
    let ignoring = JSONReadingOptions(unknown: .ignored)
    let text = #"""
      {"x":{"a":[1,{"b":null}],"a":"\n"},"x":1.5e3,"grade":"NO_SUCH","packed":["NO_SUCH",1],
       "named":{"a":"NO_SUCH","b":1},"picked":"NO_SUCH"}
      """#
    #expect(
      try EnumPlaces(json: text, ignoring)
        == EnumPlaces(packed: [.gradeGood], named: ["b": .gradeGood]))
  }
}
