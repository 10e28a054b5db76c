// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyAPI
internal import LivyCore

/// A refusal on its way to the client, in one of Livy's three shapes.
struct RESTFailure: Error, Equatable {
  enum Body: Equatable {
    /// `{"msg": ...}`: what the session routes decide themselves.
    case message(String)
    /// A bare JSON string: what goes wrong in reading a body, and all that nobody foresaw.
    case string(String)
    /// Text for a person; not JSON.
    case plain(String)
    case empty
  }

  var status: HTTPResponse.Status
  var body: Body
  var headers: HTTPFields = [:]

  init(_ status: HTTPResponse.Status, _ body: Body, headers: HTTPFields = [:]) {
    self.status = status
    self.body = body
    self.headers = headers
  }

  /// No such session or batch; Livy has the same words for both.
  static func notFound(_ reference: some CustomStringConvertible) -> RESTFailure {
    RESTFailure(.notFound, .message("Session '\(reference)' not found."))
  }

  /// A body that is not the JSON that was wanted.
  init(_ error: JSONError) {
    self.init(.badRequest, .string(error.message))
  }

  /// Errors of the directory that no route has a word of its own for.
  init(_ error: LivyError) {
    switch error.code {
    case .notFound: self.init(.notFound, .message(error.message))
    case .invalidRequest, .tooMany: self.init(.badRequest, .message(error.message))
    case .notActive: self.init(.badRequest, .message(error.message))
    default:
      self.init(.internalServerError, .string("java.lang.RuntimeException: \(error.message)"))
    }
  }

  /// Livy's sentences for a session or batch that is not made.
  init(rejecting error: LivyError) {
    switch error.code {
    case .invalidRequest: self.init(.badRequest, .message("Rejected, Reason: \(error.message)"))
    case .notActive:
      self.init(.serviceUnavailable, .message("Rejected, Reason: \(error.message)"))
    default: self.init(error)
    }
  }

  func response() -> Response {
    switch body {
    case .message(let text):
      return Response(status: status, headers: headers, json: MessageAnswer(text))
    case .string(let text):
      return Response(status: status, headers: headers, json: text)
    case .plain(let text):
      var headers = headers
      headers[.contentType] = "text/plain;charset=utf-8"
      return Response(
        status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    case .empty:
      return Response(status: status, headers: headers)
    }
  }
}

extension Response {
  /// An answer in JSON.
  init(
    status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], json value: some JSONWritable
  ) {
    var headers = headers
    headers[.contentType] = "application/json;charset=utf-8"
    let bytes = ByteBuffer(bytes: JSONWriter.bytes(of: value))
    self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
  }
}
