// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples

/// Plays the runner of the public conformance suite against the program that stands beside the
/// tests.
struct ConformanceTests {
  private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "ConformanceCommand")

  static let message = TestAllTypesProto3(
    optionalInt32: -1, optionalString: "é", repeatedInt64: [1, 2], mapStringString: ["a": "b"],
    oneofField: .oneofBool(true))

  private static func request(
    _ payload: ConformanceRequest.Payload?, _ format: WireFormat,
    type: String = TestAllTypesProto3.jsonTypeName, _ category: TestCategory = .jsonTest
  ) -> ConformanceRequest {
    ConformanceRequest(
      payload: payload, requestedOutputFormat: format, messageType: type, testCategory: category)
  }

  /// Sends all requests, then reads all responses.
  private func answers(to requests: [[UInt8]]) throws -> [ConformanceResponse] {
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = Self.program
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let framed = requests.flatMap { request in
      (0..<4).map { UInt8(truncatingIfNeeded: request.count >> (8 * $0)) } + request
    }
    try input.fileHandleForWriting.write(contentsOf: Data(framed))
    try input.fileHandleForWriting.close()
    var rest = [UInt8](try output.fileHandleForReading.readToEnd() ?? Data())[...]
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    var responses: [ConformanceResponse] = []
    while rest.count >= 4 {
      let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      responses.append(try ConformanceResponse(decoding: Array(rest.prefix(length))))
      rest = rest.dropFirst(length)
    }
    return responses
  }

  @Test("Each request gets its response, in order, in the format that it asks for")
  func session() throws {
    let bytes = Self.message.encoded()
    let json = try Self.message.json()
    let unknown = #"{"optionalInt32":-1,"nobody":[{}]}"#
    let requests = [
      Self.request(.protobufPayload([]), .protobuf, type: "conformance.FailureSet"),
      Self.request(.protobufPayload(bytes), .protobuf),
      Self.request(.protobufPayload(bytes), .json),
      Self.request(.jsonPayload(json), .protobuf),
      Self.request(.jsonPayload(json), .json),
      Self.request(.protobufPayload([0x08]), .json),
      Self.request(.jsonPayload("{"), .protobuf),
      Self.request(.jsonPayload(unknown), .protobuf),
      Self.request(.jsonPayload(unknown), .json, .jsonIgnoreUnknownParsingTest),
      Self.request(.jsonPayload(#"{"optionalTimestamp":"0001-01-01T00:00:00Z"}"#), .json),
      Self.request(.protobufPayload([0x92, 0x13, 0x00]), .json),
      Self.request(.textPayload("a: 1"), .protobuf),
      Self.request(.protobufPayload(bytes), .textFormat),
      Self.request(.protobufPayload(bytes), .jspb),
      Self.request(
        .protobufPayload(bytes), .protobuf,
        type: "protobuf_test_messages.proto2.TestAllTypesProto2"),
      Self.request(nil, .json),
    ].map { $0.encoded() }
    let responses = try answers(to: requests + [[0xFF]])
    let words = responses.map { Self.word($0.result) }
    #expect(
      words == [
        "binary 0", "binary \(bytes.count)", json, "binary \(bytes.count)", json, "parse error",
        "parse error", "parse error", #"{"optionalInt32":-1}"#,
        #"{"optionalTimestamp":"0001-01-01T00:00:00Z"}"#, "serialize error", "skipped", "skipped",
        "skipped", "skipped", "runtime error", "runtime error",
      ])
  }

  private static func word(_ result: ConformanceResponse.Result?) -> String {
    switch result {
    case .parseError: "parse error"
    case .serializeError: "serialize error"
    case .runtimeError: "runtime error"
    case .skipped: "skipped"
    case .protobufPayload(let bytes): "binary \(bytes.count)"
    case .jsonPayload(let text): text
    case .timeoutError, .jspbPayload, .textPayload, nil: "nothing"
    }
  }
}
