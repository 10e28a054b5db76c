// SPDX-License-Identifier: Apache-2.0

internal import SchemaWellKnown

/// The Swift names of all types of a run, and the check that no two declarations get the same name
/// in one place.
///
/// Nested types never have the name of a type of the outermost level: generated code names types by
/// their whole path, and the first part of it must not mean something nearer. Protobuf's well-known
/// types are in a module of their own, which stands before their names.
struct SwiftNames: Sendable {
  /// Swift's path of each message and enum, by its full name in the schema.
  private var types: [String: String] = [:]
  /// The case with number 0 of each enum, by the enum's full name in the schema.
  private(set) var zeroCases: [String: String] = [:]
  /// Full names of protobuf's well-known types.
  private(set) var wellKnown: Set<String> = []
  private var outermost = NameScope()
  private var collisions: [Collision] = []

  struct Collision: Sendable {
    var range: SourceRange
    var earlier: SourceRange
    var name: String
  }

  init(_ schema: Schema, diagnostics: inout Diagnostics) {
    for file in schema.files {
      if file.isWellKnown { nameWellKnown(file) } else { nameOutermost(file) }
    }
    for file in schema.files {
      for message in file.messages {
        nameContents(of: message, path: types[message.name.full] ?? message.name.last)
      }
      checkMembers(of: file)
    }
    for collision in collisions {
      diagnostics.error(
        collision.range, "in Swift this is `\(collision.name)`, as something else is already",
        help: "choose a name that differs in more than capitals and underscores",
        notes: [.init(range: collision.earlier, message: "the other one")])
    }
    checkFileNames(schema, diagnostics: &diagnostics)
  }

  func type(_ name: TypeName) -> String { types[name.full] ?? name.path.joined(separator: ".") }

  /// The last part of a type's path, as it is declared.
  func declared(_ name: TypeName) -> String {
    String(type(name).split(separator: ".").last ?? "")
  }

  // MARK: Types

  private mutating func nameOutermost(_ file: SchemaFile) {
    var taken: [(name: String, spelling: SchemaName)] = []
    for message in file.messages {
      let name = Self.outermostName(message.name.last, suffix: "Message")
      types[message.name.full] = name
      taken.append((name, SchemaName(message.name.full, message.range)))
    }
    for enumeration in file.enumerations {
      let name = Self.outermostName(enumeration.name.last, suffix: "Enum")
      types[enumeration.name.full] = name
      taken.append((name, SchemaName(enumeration.name.full, enumeration.range)))
    }
    for service in file.services {
      let names = ServiceNames(service)
      for name in [names.service, names.client, names.handler] {
        taken.append((name, SchemaName(service.name.full, service.range)))
      }
    }
    taken.sort { $0.spelling.range.bytes.lowerBound < $1.spelling.range.bytes.lowerBound }
    for (name, spelling) in taken { outermost.take(name, spelling, &collisions) }
  }

  private mutating func nameWellKnown(_ file: SchemaFile) {
    let names =
      file.messages.map { ($0.name, "Message") } + file.enumerations.map { ($0.name, "Enum") }
    for (name, suffix) in names {
      let spelled = Self.outermostName(name.last, suffix: suffix)
      types[name.full] = "\(WellKnownFiles.module).\(spelled)"
      wellKnown.insert(name.full)
    }
  }

  private static func outermostName(_ name: String, suffix: String) -> String {
    var spelled = SwiftSpelling.type(name)
    while SwiftKeywords.types.contains(spelled) { spelled += suffix }
    return spelled
  }

  private mutating func nameContents(of message: Message, path: String) {
    var scope = NameScope()
    for nested in message.messages {
      let name = nestedName(nested.name.last, suffix: "Message")
      types[nested.name.full] = "\(path).\(name)"
      scope.take(name, SchemaName(nested.name.last, nested.range), &collisions)
      nameContents(of: nested, path: "\(path).\(name)")
    }
    for nested in message.enumerations {
      let name = nestedName(nested.name.last, suffix: "Enum")
      types[nested.name.full] = "\(path).\(name)"
      scope.take(name, SchemaName(nested.name.last, nested.range), &collisions)
    }
    for oneof in message.oneofs {
      scope.take(oneofType(oneof, of: message), SchemaName(oneof.name, oneof.range), &collisions)
    }
  }

  private func nestedName(_ name: String, suffix: String) -> String {
    var spelled = SwiftSpelling.type(name)
    while SwiftKeywords.types.contains(spelled) || outermost.contains(spelled) { spelled += suffix }
    return spelled
  }

  /// The enum of a oneof's members: its name with a capital, or more if something else is called
  /// so.
  func oneofType(_ oneof: Oneof, of message: Message) -> String {
    let siblings = Set(
      message.messages.map { declared($0.name) } + message.enumerations.map { declared($0.name) })
    var spelled = SwiftSpelling.capitalized(SwiftSpelling.bare(SwiftSpelling.property(oneof.name)))
    while SwiftKeywords.types.contains(spelled) || outermost.contains(spelled)
      || siblings.contains(spelled)
    {
      spelled += "Oneof"
    }
    return spelled
  }

  // MARK: Members

  private mutating func checkMembers(of file: SchemaFile) {
    for message in file.messages { checkMembers(of: message) }
    for enumeration in file.enumerations { checkMembers(of: enumeration) }
    for service in file.services {
      var scope = NameScope()
      for method in service.methods {
        scope.take(
          SwiftSpelling.method(method.name), SchemaName(method.name, method.range), &collisions)
      }
    }
  }

  private mutating func checkMembers(of message: Message) {
    var properties = NameScope()
    var members = Array(repeating: NameScope(), count: message.oneofs.count)
    for field in message.fields {
      let spelling = SchemaName(field.name, field.range, folded: NameFolding.field(field.name))
      if case .member(let oneof) = field.cardinality {
        members[oneof].take(
          SwiftSpelling.oneofCase(field.name), spelling, &collisions)
        continue
      }
      let name = SwiftSpelling.property(field.name)
      properties.take(name, spelling, &collisions)
      if field.isBoxed {
        properties.take(Self.boxed(name), spelling, &collisions)
      }
    }
    for oneof in message.oneofs {
      properties.take(
        SwiftSpelling.property(oneof.name), SchemaName(oneof.name, oneof.range), &collisions)
    }
    for nested in message.messages { checkMembers(of: nested) }
    for nested in message.enumerations { checkMembers(of: nested) }
  }

  private mutating func checkMembers(of enumeration: Enumeration) {
    var scope = NameScope()
    let names = SwiftSpelling.enumCases(
      enumeration.values.map(\.name), of: enumeration.name.last)
    zeroCases[enumeration.name.full] = names.first
    var numbers: [String: Int32] = [:]
    for (value, name) in zip(enumeration.values, names) {
      // Two names of one number can be one name in Swift.
      if value.isAlias, numbers[name] == value.number { continue }
      numbers[name] = value.number
      let folded = NameFolding.enumValue(value.name, of: enumeration.name.last)
      scope.take(name, SchemaName(value.name, value.range, folded: folded), &collisions)
    }
  }

  /// The stored property behind one of a recursive type.
  static func boxed(_ property: String) -> String {
    "boxed" + SwiftSpelling.capitalized(SwiftSpelling.bare(property))
  }

  private func checkFileNames(_ schema: Schema, diagnostics: inout Diagnostics) {
    var seen: [String: SourceRange] = [:]
    for file in schema.files where !file.isWellKnown {
      let name = FileTranslator.fileName(for: file.path)
      let range = SourceRange(file: file.source, bytes: 0..<0)
      if let earlier = seen[name] {
        diagnostics.error(
          range, "code of two files would be written to \(name)", help: "rename one of them",
          notes: [.init(range: earlier, message: "the other one")])
      }
      seen[name] = range
    }
  }
}

/// A name as the schema has it, and where.
private struct SchemaName {
  var text: String
  var range: SourceRange
  /// Of fields and of an enum's values: what must differ between two of them.
  var folded: String?

  init(_ text: String, _ range: SourceRange, folded: String? = nil) {
    self.text = text
    self.range = range
    self.folded = folded
  }
}

/// Names that stand beside each other.
private struct NameScope {
  private var taken: [String: SchemaName] = [:]

  func contains(_ name: String) -> Bool { taken[name] != nil }

  mutating func take(
    _ name: String, _ spelling: SchemaName, _ collisions: inout [SwiftNames.Collision]
  ) {
    guard let earlier = taken[name] else {
      taken[name] = spelling
      return
    }
    // What has one name in the schema, or nearly one, has been reported there.
    if earlier.text == spelling.text { return }
    if let folded = earlier.folded, folded == spelling.folded { return }
    collisions.append(
      SwiftNames.Collision(
        range: spelling.range, earlier: earlier.range, name: SwiftSpelling.bare(name)))
  }
}

/// What is generated for a service.
struct ServiceNames: Equatable {
  /// The namespace of its methods.
  var service: String
  var client: String
  var handler: String

  init(_ service: Service) {
    let name = SwiftSpelling.type(service.name.last)
    self.service = name.hasSuffix("Service") ? name : name + "Service"
    client = name + "Client"
    handler = name + "Handler"
  }
}
