// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import LivyServer

/// What a route needs of its caller. No route goes without saying.
package enum RouteNeed: String, CaseIterable, Sendable {
  /// Nothing: what the server says of itself, without a word on anybody's work.
  case nothing
  /// To be let in: lists and states without logs, and making something of one's own.
  case enter
  /// To see what a session or batch does: its log, statements, jobs.
  case view
  /// To use, change or end it.
  case modify

  /// Whether a caller may do this to what has such owners; nil is a caller whom nobody knows. Where
  /// nobody has to log in, nothing has an owner, and everybody may do everything. What does have
  /// one, from another time of this server, stays closed.
  func isMet(by caller: String?, of ownership: Ownership) -> Bool {
    switch self {
    case .nothing, .enter: return true
    case .view, .modify:
      guard let owner = ownership.owner else { return true }
      guard let caller else { return false }
      return caller == owner || caller == ownership.proxyUser
    }
  }
}

/// What answers a route, and what it needs.
struct Endpoint<Context: RequestContext>: Sendable {
  typealias Answer = @Sendable (Request, Context) async throws -> Response

  let need: RouteNeed
  let answer: Answer

  static func open(_ answer: @escaping Answer) -> Self { Self(need: .nothing, answer: answer) }

  static func entering(_ answer: @escaping Answer) -> Self { Self(need: .enter, answer: answer) }

  static func viewing(_ answer: @escaping Answer) -> Self { Self(need: .view, answer: answer) }

  static func modifying(_ answer: @escaping Answer) -> Self { Self(need: .modify, answer: answer) }
}

/// A route as it was declared.
package struct DeclaredRoute: Equatable, Sendable {
  package var method: String
  /// For example `/sessions/{session}`.
  package var path: String
  package var need: RouteNeed
}
