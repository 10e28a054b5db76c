// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import LivyAPI
internal import LivyCore
internal import NIOCore

extension Request {
  /// A whole number of the query; nil when it is not asked for. A Java int, as Livy has it.
  func integer(_ name: String) throws(RESTFailure) -> Int? {
    guard let text = uri.queryParameters[name[...]] else { return nil }
    return Int(try Request.integer(in: text))
  }

  /// How long the client will wait for an answer (`?wait=SECONDS`, fractions too); zero when it does
  /// not say.
  func wait(max: Duration) throws(RESTFailure) -> Duration {
    guard let text = uri.queryParameters["wait"] else { return .zero }
    guard let seconds = Double(text), seconds >= 0 else {
      throw RESTFailure(.badRequest, .message("For input string: \"\(text)\""))
    }
    let limit = Double(max.components.seconds)
    return seconds >= limit ? max : .seconds(seconds)
  }

  static func integer(in text: some StringProtocol) throws(RESTFailure) -> Int32 {
    guard let number = Int32(text) else {
      throw RESTFailure(.badRequest, .message("For input string: \"\(text)\""))
    }
    return number
  }

  /// The body as a JSON object of a known shape.
  func json<Payload: JSONReadable>(
    _ type: Payload.Type, limits: RESTLimits
  ) async throws -> Payload {
    let buffer: ByteBuffer
    do {
      buffer = try await body.collect(upTo: limits.bodyBytesMax)
    } catch is NIOTooManyBytesError {
      throw RESTFailure(
        .contentTooLarge, .string("The body is larger than \(limits.bodyBytesMax) bytes"))
    }
    return try await LongWork.run(bytes: buffer.readableBytes) {
      let bytes = try decoded(Array(buffer.readableBytesView), limits: limits)
      return try Payload(json: bytes, limits: .requests)
    }
  }

  private func decoded(_ bytes: [UInt8], limits: RESTLimits) throws(RESTFailure) -> [UInt8] {
    guard !bytes.isEmpty else { return bytes }
    do throws(Gzip.DecodingError) {
      return try Gzip.decoded(bytes, contentCoding, sizeMax: limits.bodyBytesMax)
    } catch {
      switch error {
      case .damaged:
        throw RESTFailure(
          .badRequest, .string("The body is not what its Content-Encoding says, or is damaged"))
      case .tooLarge:
        throw RESTFailure(
          .contentTooLarge,
          .string("The body decodes to more than \(limits.bodyBytesMax) bytes"))
      }
    }
  }
}

extension RequestContext {
  /// The session that the path names: all digits is a number, anything else a name.
  func session() throws -> SessionReference {
    switch try reference("session") {
    case .number(let number): .id(SessionID(number))
    case .name(let name): .name(name)
    }
  }

  /// The batch that the path names, in the same way.
  func batch() throws -> BatchReference {
    switch try reference("batch") {
    case .number(let number): .id(BatchID(number))
    case .name(let name): .name(name)
    }
  }

  private func reference(_ parameter: String) throws -> PathReference {
    let segment = parameters.get(parameter) ?? ""
    guard let text = PercentEncoding.decoded(segment) else {
      throw RESTFailure(.badRequest, .message("Illegal escape in '\(segment)'"))
    }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard text.utf8.allSatisfy({ digits.contains($0) }) else { return .name(text) }
    return .number(try Request.integer(in: text))
  }

  func statement() throws -> StatementID? {
    let number = try Request.integer(in: parameters.get("statement") ?? "")
    return UInt64(exactly: number).map { StatementID($0) }
  }
}

/// How a segment of a path names something.
private enum PathReference {
  case number(Int32)
  case name(String)
}
