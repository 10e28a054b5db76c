// SPDX-License-Identifier: Apache-2.0

/// A field's type as a ledger has it.
struct LedgerType: Equatable {
  enum Value: Equatable {
    case scalar(ScalarType)
    case message(String)
    case enumeration(String)
  }

  /// Of a map.
  var key: ScalarType?
  var value: Value

  init(_ field: Field) {
    if case .map(let key) = field.cardinality { self.key = key }
    value =
      switch field.type {
      case .scalar(let scalar): .scalar(scalar)
      case .enumeration(let name): .enumeration(name.full)
      case .message(let name): .message(name.full)
      }
  }

  // MARK: Text

  /// `string`, `message:livy.Job` or `map<string,enum:livy.State>`: one word of the ledger.
  var text: String {
    let word =
      switch value {
      case .scalar(let scalar): scalar.rawValue
      case .message(let name): "message:\(name)"
      case .enumeration(let name): "enum:\(name)"
      }
    return key.map { "map<\($0.rawValue),\(word)>" } ?? word
  }

  /// As in a schema.
  var words: String {
    let word =
      switch value {
      case .scalar(let scalar): scalar.rawValue
      case .message(let name), .enumeration(let name): name
      }
    return key.map { "map<\($0.rawValue), \(word)>" } ?? word
  }

  init?(_ text: some StringProtocol) {
    var word = text[...]
    if word.hasPrefix("map<"), word.hasSuffix(">") {
      let parts = word.dropFirst(4).dropLast().split(
        separator: ",", omittingEmptySubsequences: false)
      guard parts.count == 2, let key = ScalarType(rawValue: String(parts[0])), key.isKey else {
        return nil
      }
      self.key = key
      word = parts[1]
    }
    if word.hasPrefix("message:") {
      value = .message(String(word.dropFirst(8)))
    } else if word.hasPrefix("enum:") {
      value = .enumeration(String(word.dropFirst(5)))
    } else if let scalar = ScalarType(rawValue: String(word)) {
      value = .scalar(scalar)
    } else {
      return nil
    }
  }
}

/// Whether peers that know two types of a field understand each other
/// (https://protobuf.dev/programming-guides/proto3/#updating).
enum TypeChange: Equatable {
  case none
  /// The bytes can be read, but not every value comes out as it went in.
  case caution(String)
  case breaking

  init(from old: LedgerType, to new: LedgerType) {
    guard (old.key == nil) == (new.key == nil) else {
      self = .breaking
      return
    }
    let changes = [
      Self.between(old.value, new.value),
      Self.between(
        old.key.map { .scalar($0) } ?? old.value, new.key.map { .scalar($0) } ?? new.value),
    ]
    self = changes.first { $0 == .breaking } ?? changes.first { $0 != .none } ?? .none
  }

  private static func between(_ old: LedgerType.Value, _ new: LedgerType.Value) -> TypeChange {
    if old == new { return .none }
    switch (old, new) {
    case (.scalar(.bytes), .message), (.message, .scalar(.bytes)):
      return .caution("the bytes must be the encoded message, and their JSON differs")
    case (.scalar(let one), .scalar(let two)):
      guard let family = families.first(where: { $0.types.contains(one) && $0.types.contains(two) })
      else { return .breaking }
      return .caution(family.caution)
    case (.scalar(let scalar), .enumeration), (.enumeration, .scalar(let scalar)):
      guard varints.types.contains(scalar), scalar != .bool else { return .breaking }
      return .caution("numbers of more than 32 bits are cut, and their JSON differs")
    case (.message, _), (.enumeration, _), (_, .message), (_, .enumeration): return .breaking
    }
  }

  private typealias Family = (types: Set<ScalarType>, caution: String)

  private static let varints: Family = (
    [.int32, .uint32, .int64, .uint64, .bool],
    "numbers that the other type does not have are cut, as by a cast in C"
  )

  private static let families: [Family] = [
    varints, ([.sint32, .sint64], "numbers of more than 32 bits are cut"),
    ([.fixed32, .sfixed32], "negative and very large numbers are taken for one another"),
    ([.fixed64, .sfixed64], "negative and very large numbers are taken for one another"),
    ([.string, .bytes], "the bytes must be UTF-8, and their JSON differs"),
  ]
}
