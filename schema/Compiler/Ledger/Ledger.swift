// SPDX-License-Identifier: Apache-2.0

/// Every number and name that schemas have ever used, so that none gets a second meaning while old
/// peers still know the first one.
///
/// What is gone stays recorded. A message, an enum or a field is compared with its entry for ever.
struct Ledger {
  /// Fields by the full names of their messages, then by their numbers.
  var messages: [String: [UInt32: FieldEntry]] = [:]
  /// Values by the full names of their enums; several may have one number.
  var enums: [String: [ValueEntry]] = [:]
  /// Methods by their numbers, which all services share.
  var methods: [UInt16: MethodEntry] = [:]
}

/// A field as peers know it.
struct FieldEntry {
  enum Label: Equatable {
    /// Without presence.
    case singular
    /// With presence.
    case optional
    /// Packed or not: readers accept both.
    case repeated
    case map
    case member(oneof: String)
  }

  var name: String
  var jsonName: String
  var type: LedgerType
  var label: Label
  var isRemoved = false
  /// Where it stands, in a schema or in the ledger.
  var range: SourceRange

  /// Each once; readers of JSON take both.
  var names: [String] { name == jsonName ? [name] : [name, jsonName] }

  /// The same for peers.
  func isSame(as other: FieldEntry) -> Bool {
    name == other.name && jsonName == other.jsonName && type == other.type && label == other.label
  }
}

/// An enum's value as peers know it.
struct ValueEntry {
  /// What makes two values the same for peers.
  struct Key: Hashable {
    var number: Int32
    var name: String
  }

  var number: Int32
  var name: String
  var isRemoved = false
  var range: SourceRange

  var key: Key { Key(number: number, name: name) }
}

/// A method as peers know it.
struct MethodEntry {
  /// Of its service.
  var service: String
  var name: String
  var request: String
  var response: String
  var shape: Method.Shape
  var isRemoved = false
  var range: SourceRange

  var fullName: String { "\(service).\(name)" }

  func isSame(as other: MethodEntry) -> Bool {
    fullName == other.fullName && hasSameTypes(as: other)
  }

  func hasSameTypes(as other: MethodEntry) -> Bool {
    request == other.request && response == other.response && shape == other.shape
  }

  /// `(livy.WatchRequest) returns (stream livy.Event)`
  var signature: String {
    "(\(shape.takesItems ? "stream " : "")\(request)) returns "
      + "(\(shape.answersItems ? "stream " : "")\(response))"
  }
}

extension Ledger {
  /// What checked files use now.
  init(_ files: some Sequence<SchemaFile>) {
    for file in files {
      for message in file.messages { add(message) }
      for enumeration in file.enumerations { add(enumeration) }
      for service in file.services {
        for method in service.methods { methods[method.number] = MethodEntry(method, of: service) }
      }
    }
  }

  private mutating func add(_ message: Message) {
    var fields: [UInt32: FieldEntry] = [:]
    for field in message.fields { fields[field.number] = FieldEntry(field, of: message) }
    messages[message.name.full] = fields
    for nested in message.messages { add(nested) }
    for nested in message.enumerations { add(nested) }
  }

  private mutating func add(_ enumeration: Enumeration) {
    enums[enumeration.name.full] = enumeration.values.map {
      ValueEntry(number: $0.number, name: $0.name, range: $0.range)
    }
  }
}

extension FieldEntry {
  fileprivate init(_ field: Field, of message: Message) {
    name = field.name
    jsonName = field.jsonName
    range = field.range
    type = LedgerType(field)
    label =
      switch field.cardinality {
      case .singular: .singular
      case .optional: .optional
      case .repeated, .packed: .repeated
      case .map: .map
      case .member(let oneof): .member(oneof: message.oneofs[oneof].name)
      }
  }
}

extension MethodEntry {
  fileprivate init(_ method: Method, of service: Service) {
    self.init(
      service: service.name.full, name: method.name, request: method.request.full,
      response: method.response.full, shape: method.shape, range: method.range)
  }
}
