// SPDX-License-Identifier: Apache-2.0

internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples
internal import WireWellKnown

struct NullValueTests {
  @Test("Any number of NullValue is null in JSON, and null is its one value")
  func unknownNumber() throws {
    let message = try WellKnownPlaces(decoding: [0x38, 0xAD, 0x99, 0x38])
    #expect(message.nullValue == .unrecognized(920_749))
    #expect(try message.json() == #"{"nullValue":null}"#)
    #expect(try WellKnownPlaces(json: message.json()).nullValue == .nullValue)
  }
}
