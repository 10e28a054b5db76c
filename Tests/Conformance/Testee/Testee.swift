// SPDX-License-Identifier: Apache-2.0

internal import WireCodec
internal import WireJSON
internal import WireSamples
internal import WireWellKnown
internal import WireWellKnownJSON

/// Answers what the runner of protobuf's public conformance suite asks: it reads a message in one
/// format and writes it in another.
package enum Testee {
  /// Types that an `Any` of the suite holds.
  private static let types = JSONTypes([
    AnyMessage.self, BoolValue.self, BytesValue.self, DoubleValue.self, DurationMessage.self,
    Empty.self, FieldMask.self, FloatValue.self, Int32Value.self, Int64Value.self,
    ListValue.self, StringValue.self, Struct.self, TestAllTypesProto3.self, Timestamp.self,
    UInt32Value.self, UInt64Value.self, Value.self,
  ])

  /// A request's bytes become those of its response. Whatever they are, there is one.
  package static func answer(_ bytes: [UInt8]) -> [UInt8] {
    let response: ConformanceResponse
    do {
      response = answer(try ConformanceRequest(decoding: bytes))
    } catch {
      response = ConformanceResponse(result: .runtimeError("the request: \(error)"))
    }
    return response.encoded()
  }

  private static func answer(_ request: ConformanceRequest) -> ConformanceResponse {
    switch request.messageType {
    case "conformance.FailureSet":
      return ConformanceResponse(result: .protobufPayload(FailureSet().encoded()))
    case TestAllTypesProto3.jsonTypeName: break
    default: return skipped("messages of the type \(request.messageType)")
    }
    switch request.requestedOutputFormat {
    case .protobuf, .json: break
    case .unspecified, .jspb, .textFormat, .unrecognized:
      return skipped("the format \(request.requestedOutputFormat.rawValue)")
    }
    return convert(request)
  }

  private static func convert(_ request: ConformanceRequest) -> ConformanceResponse {
    let message: TestAllTypesProto3
    do {
      switch request.payload {
      case .protobufPayload(let bytes): message = try TestAllTypesProto3(decoding: bytes)
      case .jsonPayload(let text):
        let ignores = request.testCategory == .jsonIgnoreUnknownParsingTest
        message = try TestAllTypesProto3(
          json: text, JSONReadingOptions(unknown: ignores ? .ignored : .refused, types: types))
      case .jspbPayload, .textPayload: return skipped("text and JSPB")
      case nil: return ConformanceResponse(result: .runtimeError("there is no payload"))
      }
    } catch {
      return ConformanceResponse(result: .parseError("\(error)"))
    }
    if request.requestedOutputFormat == .protobuf {
      return ConformanceResponse(result: .protobufPayload(message.encoded()))
    }
    do {
      let text = try message.json(JSONWritingOptions(types: types))
      return ConformanceResponse(result: .jsonPayload(text))
    } catch {
      return ConformanceResponse(result: .serializeError("\(error)"))
    }
  }

  private static func skipped(_ what: String) -> ConformanceResponse {
    ConformanceResponse(result: .skipped("\(what): not supported"))
  }
}
