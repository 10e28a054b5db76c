// SPDX-License-Identifier: Apache-2.0

/// How a session is named to its server: by its number, or by the name it was given.
public enum SessionReference: Hashable, Sendable, CustomStringConvertible {
  /// By its number.
  case id(Int)
  /// By its name.
  case name(String)

  /// All digits is a number, anything else a name.
  public init(_ text: String) {
    self = Int(text).flatMap { $0 >= 0 ? .id($0) : nil } ?? .name(text)
  }

  /// As it stands in a path, before escapes.
  public var description: String {
    switch self {
    case .id(let id): String(id)
    case .name(let name): name
    }
  }
}

extension SessionReference: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// A number.
  public init(integerLiteral value: Int) { self = .id(value) }

  /// A number or a name.
  public init(stringLiteral value: String) { self.init(value) }
}
