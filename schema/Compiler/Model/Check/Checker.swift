// SPDX-License-Identifier: Apache-2.0

internal import SchemaWellKnown

/// A file that has been read, and whose imports have been found.
package struct ParsedFile: Sendable {
  package var path: String
  /// Whether it is the compiler's own copy of one of protobuf's files.
  package var isWellKnown = false
  package var syntax: FileSyntax
  /// Indices of the files that it imports.
  package var imports: [Import] = []

  package struct Import: Sendable {
    package var file: Int
    package var isPublic: Bool
    package var range: SourceRange
  }
}

/// Makes the model of syntax: looks up names, checks numbers and rules, and reports what is wrong.
///
/// The model is complete even if there are errors, as far as it can be; nothing is generated from
/// it then.
package struct Checker {
  let files: [ParsedFile]
  let lookup: NameLookup
  var diagnostics: Diagnostics
  /// Index of the file in work.
  var file = 0
  /// Files whose names the file in work has used.
  var used: Set<Int> = []
  /// Methods of all files by their numbers.
  var methodNumbers: [UInt16: NameSyntax] = [:]

  package static func check(
    _ files: [ParsedFile], diagnostics: inout Diagnostics
  ) -> Schema {
    var symbols = SymbolTable()
    for file in files { symbols.add(file.syntax, diagnostics: &diagnostics) }
    let lookup = NameLookup(symbols: symbols, visible: visibleFiles(files))
    var checker = Checker(files: files, lookup: lookup, diagnostics: diagnostics)
    var schema = Schema(files: files.indices.map { checker.checkFile($0) })
    Boxing.mark(&schema)
    diagnostics = checker.diagnostics
    return schema
  }

  private init(files: [ParsedFile], lookup: NameLookup, diagnostics: Diagnostics) {
    self.files = files
    self.lookup = lookup
    self.diagnostics = diagnostics
  }

  /// A file sees itself, what it imports, and what that imports publicly, and so on.
  private static func visibleFiles(_ files: [ParsedFile]) -> [Set<Int>] {
    files.indices.map { index in
      var visible: Set<Int> = [index]
      var waiting = files[index].imports.map(\.file)
      while let next = waiting.popLast() {
        guard visible.insert(next).inserted else { continue }
        waiting += files[next].imports.filter(\.isPublic).map(\.file)
      }
      return visible
    }
  }

  private mutating func checkFile(_ index: Int) -> SchemaFile {
    file = index
    used = [index]
    let parsed = files[index]
    let syntax = parsed.syntax
    if syntax.syntax == nil, !syntax.isPartial {
      diagnostics.error(
        SourceRange(file: index, bytes: 0..<0), "the file does not say its syntax",
        help: "write `syntax = \"proto3\";` as its first statement")
    }
    checkOptions(syntax.options, of: .file)
    var checked = SchemaFile(source: index, path: parsed.path, isWellKnown: parsed.isWellKnown)
    let scope = Scope(full: syntax.package?.text ?? "", path: [])
    for declaration in syntax.declarations {
      switch declaration {
      case .message(let message): checked.messages.append(check(message, in: scope))
      case .enumeration(let enumeration):
        checked.enumerations.append(check(enumeration, in: scope))
      case .service(let service): checked.services.append(check(service, in: scope))
      }
    }
    checkStrayDirectives(syntax)
    warnOfUnusedImports(parsed)
    return checked
  }

  private mutating func warnOfUnusedImports(_ parsed: ParsedFile) {
    if parsed.syntax.isPartial { return }
    for item in parsed.imports where !item.isPublic {
      // What an imported file imports publicly is used through it.
      let reached = lookup.visible[item.file]
      if used.isDisjoint(with: reached.subtracting([file])) {
        diagnostics.warning(
          item.range, "nothing of \(files[item.file].path) is used", help: "remove the import")
      }
    }
  }

  // MARK: Names

  /// The symbol that a name means, or `nil` after an error has been reported.
  mutating func find(_ name: NameSyntax, in scope: Scope) -> SymbolTable.Symbol? {
    switch lookup.find(name.text, in: scope, file: file) {
    case .found(let symbol):
      used.insert(symbol.range.file)
      return symbol
    case .notImported(let symbol):
      let declaring = files[symbol.range.file]
      let path = declaring.path
      let imported = declaring.isWellKnown ? path : Path.file(of: path)
      diagnostics.error(
        name.range, "`\(name.text)` is declared in \(path), which is not imported",
        help: "write `import \"\(imported)\";` at the top")
    case .missing:
      // Where a declaration could not be read, it may be the one that is missed here.
      if files.contains(where: { $0.syntax.isPartial }) { return nil }
      let full = name.text.hasPrefix(".") ? String(name.text.dropFirst()) : name.text
      if let path = WellKnownFiles.path(declaring: full) {
        diagnostics.error(
          name.range, "`\(full)` is declared in \(path), which is not imported",
          help: "write `import \"\(path)\";` at the top")
        return nil
      }
      let suggestion = diagnostics.isFull ? nil : lookup.suggestion(for: name.text)
      diagnostics.error(
        name.range, "there is no type `\(name.text)`",
        help: suggestion.map { "did you mean `\($0)`?" } ?? "declare it, or import its file")
    }
    return nil
  }

  private static func isDirective(_ line: String) -> Bool {
    MethodDirective.isDirective(line) || SecretDirective.isDirective(line)
  }

  /// Directives in comments that belong to nothing they could mean.
  private mutating func checkStrayDirectives(_ syntax: FileSyntax) {
    for line in syntax.commentsWithoutMethod where MethodDirective.isDirective(line.text) {
      diagnostics.error(
        line.range, "`\(MethodDirective.word)` stands above no `rpc`",
        help: "move it into the comment directly above its method")
    }
    for line in syntax.commentsWithoutField where SecretDirective.isDirective(line.text) {
      diagnostics.error(
        line.range, "`\(SecretDirective.word)` stands at no field",
        help: "move it into the comment directly above its field, or behind the field")
    }
  }

  func documentation(
    _ comments: CommentsSyntax, isDeprecated: Bool = false
  ) -> Documentation {
    var lines = comments.above.map(\.text).filter { !Self.isDirective($0) }
    let behind = comments.behind.map(\.text).filter { !Self.isDirective($0) }
    if !lines.isEmpty, !behind.isEmpty { lines.append("") }
    lines += behind
    while lines.last?.isEmpty == true { lines.removeLast() }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    return Documentation(lines: lines, isDeprecated: isDeprecated)
  }
}
