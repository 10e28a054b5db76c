// SPDX-License-Identifier: Apache-2.0

/// A file of Swift, as declarations. Only what the translators need is there; how it is laid out on
/// lines is the printer's matter.
struct SwiftFile: Equatable, Sendable {
  /// Lines of the comment at the top, without marks.
  var header: [String]
  /// Whole `import` lines.
  var imports: [String]
  var declarations: [SwiftDeclaration]
}

indirect enum SwiftDeclaration: Equatable, Sendable {
  case type(SwiftType)
  case variable(SwiftVariable)
  case function(SwiftFunction)
  case enumCase(SwiftEnumCase)
}

/// A struct, an enum, a protocol or an extension.
struct SwiftType: Equatable, Sendable {
  var docs: [String] = []
  /// All before the name: `package struct`, `extension`.
  var keyword: String
  var name: String
  var inherits: [String] = []
  var members: [SwiftDeclaration] = []
}

struct SwiftVariable: Equatable, Sendable {
  var docs: [String] = []
  /// All before the name: `package var`, `package static let`.
  var keyword: String
  var name: String
  var type: String?
  var value: SwiftExpression?
  var getter: [SwiftStatement] = []
  var setter: [SwiftStatement] = []
}

struct SwiftFunction: Equatable, Sendable {
  var docs: [String] = []
  /// All before the parameters: `package func ping`, `package init`.
  var head: String
  var parameters: [SwiftParameter] = []
  /// All behind the parameters: `async throws -> Int`.
  var effects: String = ""
  /// `nil` for a protocol's requirement.
  var body: [SwiftStatement]?
}

struct SwiftParameter: Equatable, Sendable {
  /// Label and name: `_ request`, `timeout`.
  var name: String
  var type: String
  var value: String?
}

struct SwiftEnumCase: Equatable, Sendable {
  var docs: [String] = []
  var isIndirect = false
  var name: String
  /// The type of its payload.
  var payload: String?
}

enum SwiftExpression: Equatable, Sendable {
  case text(String)
  /// A call, whose arguments can go on lines of their own.
  case call(String, [String])
  /// A literal list, each element on a line of its own.
  case list([String])
}

indirect enum SwiftStatement: Equatable, Sendable {
  case line(String)
  /// `before callee(arguments)`.
  case call(before: String, SwiftExpression)
  /// `head {`, statements, `}`.
  case block(String, [SwiftStatement])
  case select(String, [SwiftCase])
}

/// A case of a `switch`: `case pattern:` or `default:` and what follows.
struct SwiftCase: Equatable, Sendable {
  var pattern: String
  var body: [SwiftStatement]
}

/// Who can use the generated declarations.
package enum SwiftVisibility: String, Sendable, CaseIterable {
  case `public`
  case `package`
  case `internal`

  /// Before a declaration.
  var prefix: String { self == .internal ? "" : rawValue + " " }
}
