// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples
internal import WireWellKnown
internal import WireWellKnownJSON

/// The forms that Google's types have in JSON.
struct WellKnownTests {
  @Test(
    "Times are those of RFC 3339",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, 0), ("1969-12-31T23:59:59.999999999Z", -1, 999_999_999),
      ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
      ("9999-12-31T23:59:59.100Z", 253_402_300_799, 100_000_000),
      ("2000-02-29T12:34:56.000001Z", 951_827_696, 1000),
      ("1900-03-01T00:00:00Z", -2_203_891_200, 0),
    ] as [(String, Int64, Int32)])
  func times(text: String, seconds: Int64, nanos: Int32) throws {
    let time = Timestamp(seconds: seconds, nanos: nanos)
    #expect(try Timestamp(json: "\"\(text)\"") == time)
    #expect(try time.json() == "\"\(text)\"")
  }

  @Test("Offsets and any digits of a fraction are read")
  func offsets() throws {
    #expect(
      try Timestamp(json: #""1970-01-01T08:00:00.5+08:00""#) == Timestamp(nanos: 500_000_000))
    #expect(try Timestamp(json: #""1969-12-31T23:30:00-00:30""#) == Timestamp())
  }

  @Test("Days of 800 years are read as they are written, and end where they must")
  func calendar() throws {
    var day = try Timestamp(json: #""1600-01-01T00:00:00Z""#).seconds
    for _ in 0..<292_194 / 18 {
      let text = try Timestamp(seconds: day).json()
      #expect(try Timestamp(json: text).seconds == day)
      day += 18 * 86_400
    }
    #expect(try Timestamp(seconds: day).json() == #""2400-01-01T00:00:00Z""#)
  }

  @Test(
    "What is no time is refused",
    arguments: [
      "1970-02-29T00:00:00Z", "1970-13-01T00:00:00Z", "1970-01-00T00:00:00Z",
      "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z",
      "1970-01-01t00:00:00Z", "1970-01-01T00:00:00z", "1970-01-01 00:00:00Z",
      "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567890Z",
      "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "9999-12-31T23:59:59-00:01",
      "0001-01-01T00:00:00+00:01", "1970-1-1T00:00:00Z", "",
    ])
  func badTimes(text: String) {
    let error = #expect(throws: JSONError.self) { try Timestamp(json: "\"\(text)\"") }
    #expect(error?.code == .invalidForm)
  }

  @Test(
    "Durations are seconds",
    arguments: [
      ("0s", 0, 0), ("1.500s", 1, 500_000_000), ("-0.000000001s", 0, -1), ("-3s", -3, 0),
      ("315576000000s", 315_576_000_000, 0), ("-1.000001s", -1, -1000),
    ] as [(String, Int64, Int32)])
  func durations(text: String, seconds: Int64, nanos: Int32) throws {
    let duration = DurationMessage(seconds: seconds, nanos: nanos)
    #expect(try DurationMessage(json: "\"\(text)\"") == duration)
    #expect(try duration.json() == "\"\(text)\"")
  }

  @Test(
    "What is no duration is refused",
    arguments: [
      "1", "s", "1.s", ".5s", "1.0000000001s", "+1s", "1 s", "315576000001s", "1e3s", "--1s",
    ])
  func badDurations(text: String) {
    let error = #expect(throws: JSONError.self) { try DurationMessage(json: "\"\(text)\"") }
    #expect(error?.code == .invalidForm)
  }

  @Test("What has no form in JSON is not written")
  func unwritable() {
    let messages: [any JSONMessage] = [
      Timestamp(seconds: 253_402_300_800), Timestamp(nanos: -1), Timestamp(nanos: 1_000_000_000),
      DurationMessage(seconds: 1, nanos: -1), DurationMessage(seconds: .min),
      DurationMessage(nanos: .min), Value(), Value(kind: .numberValue(.nan)),
      FieldMask(paths: ["camelCase"]), FieldMask(paths: ["a__b"]), FieldMask(paths: ["a_1"]),
      FieldMask(paths: ["a_"]), FieldMask(paths: ["a,b"]), FieldMask(paths: [""]),
      FieldMask(paths: ["a", ""]),
    ]
    for message in messages {
      let error = #expect(throws: JSONError.self) { try message.json() }
      #expect(error?.code == .unwritable, "\(message)")
    }
  }

  @Test("A path may begin with a mark that combines with the comma before it")
  func markedMask() throws {
    let mask = FieldMask(paths: ["a", "\u{36F}b"])
    #expect(try FieldMask(json: try mask.json()) == mask)
  }

  @Test("Paths of field masks are not empty", arguments: [",", "a,", ",a", "a,,b", "a_b"])
  func badMasks(text: String) {
    let error = #expect(throws: JSONError.self) { try FieldMask(json: "\"\(text)\"") }
    #expect(error?.code == .invalidForm)
  }

  @Test("Field masks, structs, wrappers and null have forms of their own")
  func forms() throws {
    let text =
      #"{"mask":"a,fooBar.cD","object":{"a":[1.0,"x",true,null,{}]},"anyValue":null,"#
      + #""list":[],"nullValue":null,"empty":{},"int64Value":"5","stringValue":"","#
      + #""values":[null,{"b":false}]}"#
    let message = try WellKnownPlaces(json: text)
    #expect(message.mask?.paths == ["a", "foo_bar.c_d"])
    #expect(message.anyValue?.kind == .nullValue(.nullValue))
    #expect(message.int64Value?.value == 5)
    #expect(message.stringValue == StringValue())
    #expect(message.values.count == 2)
    #expect(
      try message.json() == text.split(separator: #""nullValue":null,"#).joined())
    #expect(
      try WellKnownPlaces(json: #"{"picked":null}"#).pick
        == .picked(Value(kind: .nullValue(.nullValue))))
    #expect(try WellKnownPlaces(json: #"{"nothing":null}"#).pick == .nothing(.nullValue))
    #expect(try WellKnownPlaces(json: #"{"moment":null,"int64Value":null}"#) == WellKnownPlaces())
  }
}
