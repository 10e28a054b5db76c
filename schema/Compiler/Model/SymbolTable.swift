// SPDX-License-Identifier: Apache-2.0

/// All names that the files of a run declare, by their full names.
struct SymbolTable {
  enum Kind: Equatable {
    case package
    case message(TypeName)
    case enumeration(TypeName)
    case service
    /// A field, a oneof, an enum's value or a method: it takes its name, but nothing is inside of
    /// it.
    case leaf

    var words: String {
      switch self {
      case .package: "a package"
      case .message: "a message"
      case .enumeration: "an enum"
      case .service: "a service"
      case .leaf: "a member"
      }
    }

    var holdsNames: Bool { self != .leaf }
  }

  struct Symbol {
    var kind: Kind
    var range: SourceRange
  }

  private(set) var symbols: [String: Symbol] = [:]

  subscript(name: String) -> Symbol? { symbols[name] }

  /// Names of all messages and enums, for suggestions.
  var typeNames: [TypeName] {
    symbols.values.compactMap { symbol in
      switch symbol.kind {
      case .message(let name), .enumeration(let name): name
      case .package, .service, .leaf: nil
      }
    }
  }

  /// Adds all that a file declares. A name that is there already is reported at its second place.
  mutating func add(_ file: FileSyntax, diagnostics: inout Diagnostics) {
    let package = file.package?.text ?? ""
    addPackage(file.package, diagnostics: &diagnostics)
    for declaration in file.declarations {
      switch declaration {
      case .message(let message):
        add(message, in: Scope(full: package, path: []), diagnostics: &diagnostics)
      case .enumeration(let enumeration):
        add(enumeration, in: Scope(full: package, path: []), diagnostics: &diagnostics)
      case .service(let service):
        let scope = Scope(full: package, path: [])
        let inner = scope.adding(service.name.text)
        add(.service, service.name, in: scope, diagnostics: &diagnostics)
        for method in service.methods {
          add(.leaf, method.name, in: inner, diagnostics: &diagnostics)
        }
      }
    }
  }

  private mutating func addPackage(_ package: NameSyntax?, diagnostics: inout Diagnostics) {
    guard let package else { return }
    var name = ""
    for part in package.text.split(separator: ".") {
      name += (name.isEmpty ? "" : ".") + part
      if let earlier = symbols[name], earlier.kind != .package {
        reportTwice(name, package.range, earlier, &diagnostics)
        return
      }
      symbols[name] = Symbol(kind: .package, range: package.range)
    }
  }

  private mutating func add(
    _ message: MessageSyntax, in scope: Scope, diagnostics: inout Diagnostics
  ) {
    let inner = scope.adding(message.name.text)
    add(.message(inner.typeName), message.name, in: scope, diagnostics: &diagnostics)
    for member in message.members {
      switch member {
      case .field(let field):
        add(.leaf, field.name, in: inner, diagnostics: &diagnostics)
        if case .map = field.type {
          // Protobuf makes a message of a map's entries, whose name nothing else can have.
          let entry = JSONSpelling.mapEntry(field.name.text)
          add(
            .leaf, NameSyntax(text: entry, range: field.name.range), in: inner,
            diagnostics: &diagnostics)
        }
      case .oneof(let oneof):
        add(.leaf, oneof.name, in: inner, diagnostics: &diagnostics)
        for field in oneof.fields {
          add(.leaf, field.name, in: inner, diagnostics: &diagnostics)
        }
      case .message(let nested): add(nested, in: inner, diagnostics: &diagnostics)
      case .enumeration(let nested): add(nested, in: inner, diagnostics: &diagnostics)
      }
    }
  }

  private mutating func add(
    _ enumeration: EnumSyntax, in scope: Scope, diagnostics: inout Diagnostics
  ) {
    let name = scope.adding(enumeration.name.text).typeName
    add(.enumeration(name), enumeration.name, in: scope, diagnostics: &diagnostics)
    // As in C++, the values are siblings of their enum, not children.
    for value in enumeration.values {
      add(.leaf, value.name, in: scope, diagnostics: &diagnostics)
    }
  }

  private mutating func add(
    _ kind: Kind, _ name: NameSyntax, in scope: Scope, diagnostics: inout Diagnostics
  ) {
    let full = scope.adding(name.text).full
    if let earlier = symbols[full] {
      reportTwice(full, name.range, earlier, &diagnostics)
    } else {
      symbols[full] = Symbol(kind: kind, range: name.range)
    }
  }

  private func reportTwice(
    _ name: String, _ range: SourceRange, _ earlier: Symbol, _ diagnostics: inout Diagnostics
  ) {
    diagnostics.error(
      range, "`\(name)` is declared twice",
      help: "choose another name; the values of an enum share the names around the enum, "
        + "and a map `ports` takes the name `PortsEntry`",
      notes: [Diagnostic.Note(range: earlier.range, message: "first declared here")])
  }
}

/// A package with the messages inside of it, in which names are declared and looked up.
struct Scope {
  var full: String
  var path: [String]

  func adding(_ name: String) -> Scope {
    Scope(full: full.isEmpty ? name : "\(full).\(name)", path: path + [name])
  }

  var typeName: TypeName { TypeName(full: full, path: path) }
}
