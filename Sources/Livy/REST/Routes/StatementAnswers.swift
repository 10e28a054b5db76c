// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import LivyAPI
internal import LivyCore

/// Answers with statements. Results that take long to be checked and written are written away from
/// the connection's loop.
extension Response {
  static func statement(
    _ statement: LivyCore.Statement, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) async throws -> Response {
    try await LongWork.run(bytes: statement.output?.byteCount ?? 0) {
      Response(status: status, headers: headers, json: LivyAPI.Statement(statement))
    }
  }

  static func statements(
    _ all: ArraySlice<LivyCore.Statement>, _ paging: StatementPaging
  ) async throws -> Response {
    let bytes = all.reduce(0) { $0 + ($1.output?.byteCount ?? 0) }
    return try await LongWork.run(bytes: bytes) { Response(json: paging.page(of: all)) }
  }
}
