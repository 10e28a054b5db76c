// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyAPI
internal import LivyCore

/// `from`, `size` and `order` of a list of statements.
struct StatementPaging {
  private let from: Int
  private let size: Int?
  private let isDescending: Bool

  init(_ request: Request) throws(RESTFailure) {
    from = try request.integer("from") ?? 0
    size = try request.integer("size")
    isDescending =
      request.uri.queryParameters["order"]?.lowercased().filter { $0 != " " } == "desc"
  }

  func page(of statements: ArraySlice<LivyCore.Statement>) -> StatementPage {
    let paging = Paging(from: from, size: size ?? statements.count)
    let page =
      isDescending ? paging.page(of: statements.reversed()) : paging.page(of: statements)
    return StatementPage(
      total: statements.count, statements: page.map { LivyAPI.Statement($0) })
  }
}
