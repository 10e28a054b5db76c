// SPDX-License-Identifier: Apache-2.0

internal import SchemaWellKnown

/// The stages one after the other: files to tokens to syntax to a checked model. Reads nothing by
/// itself.
package struct Compiler {
  /// Returns the bytes of a file, or `nil` if there is none at that path.
  package typealias Load = (_ path: String) throws(LoadFailure) -> [UInt8]?

  /// There is a file, but it cannot be read.
  package struct LoadFailure: Error {
    package var reason: String

    package init(reason: String) {
      self.reason = reason
    }
  }

  let limits: CompilerLimits
  /// Folders in which an import is looked for, after the one of the importing file.
  let importFolders: [String]
  let load: Load

  package init(
    limits: CompilerLimits = .standard, importFolders: [String] = [],
    load: @escaping Load = { _ in nil }
  ) {
    self.limits = limits
    self.importFolders = importFolders
    self.load = load
  }

  /// Compiles files and all that they import.
  package func compile(_ sources: [SourceFile]) -> Compilation {
    var loading = Loading(compiler: self)
    for source in sources { loading.add(source) }
    loading.run()
    var diagnostics = loading.diagnostics
    let schema = Checker.check(loading.parsed, diagnostics: &diagnostics)
    let named = SwiftNames(schema, diagnostics: &diagnostics)
    return Compilation(
      sources: loading.sources, requested: loading.requested, diagnostics: diagnostics,
      schema: schema, names: named)
  }
}

/// What a run has found.
package struct Compilation {
  /// The files of the run, imported ones behind the others.
  package let sources: [SourceFile]
  /// How many of them were asked for, and not only imported.
  package let requested: Int
  package let diagnostics: Diagnostics
  /// Incomplete if there are errors.
  package let schema: Schema
  let names: SwiftNames

  /// All diagnostics, as text for a terminal.
  package var report: String { DiagnosticRenderer(files: sources).render(diagnostics) }

  /// Swift code for each file that was asked for; nothing if there are errors.
  package func generate(
    _ visibility: SwiftVisibility = .package, json: JSONCode = .none
  ) -> [GeneratedFile] {
    if diagnostics.hasErrors { return [] }
    let files = schema.files.prefix(requested)
    let codecs = files.map { FileTranslator(names: names, visibility: visibility).translate($0) }
    if json == .none { return codecs }
    return codecs
      + files.map { JSONTranslator(names: names, visibility: visibility).translate($0) }
  }
}

/// Reads files and what they import, each once.
private struct Loading {
  let compiler: Compiler
  var sources: [SourceFile] = []
  var parsed: [ParsedFile] = []
  var requested = 0
  var diagnostics: Diagnostics
  private var indices: [String: Int] = [:]
  /// Those that no folder had, by the path of their import.
  private var wellKnown: [String: Int] = [:]

  init(compiler: Compiler) {
    self.compiler = compiler
    diagnostics = Diagnostics(limits: compiler.limits)
  }

  /// A file that is named twice is read once.
  mutating func add(_ source: SourceFile) {
    if indices[Path.normal(source.path)] != nil { return }
    append(source)
    requested = sources.count
  }

  @discardableResult
  private mutating func append(_ source: SourceFile, isWellKnown: Bool = false) -> Int {
    let index = sources.count
    if !isWellKnown { indices[Path.normal(source.path)] = index }
    sources.append(source)
    let tokens = Lexer.tokens(
      of: source, file: index, limits: compiler.limits, diagnostics: &diagnostics)
    let syntax = Parser.parse(tokens, limits: compiler.limits, diagnostics: &diagnostics)
    parsed.append(ParsedFile(path: source.path, isWellKnown: isWellKnown, syntax: syntax))
    return index
  }

  mutating func run() {
    var index = 0
    while index < sources.count {
      var seen: [Int: SourceRange] = [:]
      for item in parsed[index].syntax.imports {
        guard let imported = find(item.path, from: index) else { continue }
        if let earlier = seen[imported] {
          diagnostics.error(
            item.path.range, "\"\(item.path.text)\" is imported twice",
            help: "remove one of the two",
            notes: [Diagnostic.Note(range: earlier, message: "first imported here")])
          continue
        }
        seen[imported] = item.path.range
        parsed[index].imports.append(
          ParsedFile.Import(
            file: imported, isPublic: item.isPublic, range: item.path.range))
      }
      index += 1
    }
    reportCycles()
  }

  private mutating func find(_ path: NameSyntax, from index: Int) -> Int? {
    let folders = [Path.folder(of: sources[index].path)] + compiler.importFolders
    let candidates = folders.map { Path.joined($0, path.text) }
    for candidate in candidates {
      if let known = indices[Path.normal(candidate)] { return known }
      guard sources.count < compiler.limits.filesMax else { continue }
      do {
        if let bytes = try compiler.load(candidate) {
          return append(SourceFile(path: candidate, bytes: bytes))
        }
      } catch {
        parsed[index].syntax.isPartial = true
        diagnostics.error(
          path.range, error.reason, help: "make it readable, or name another file to import")
        return nil
      }
    }
    if let known = wellKnown[path.text] { return known }
    if sources.count < compiler.limits.filesMax, let bytes = WellKnownFiles.bytes(of: path.text) {
      let index = append(SourceFile(path: path.text, bytes: bytes), isWellKnown: true)
      wellKnown[path.text] = index
      return index
    }
    // Of a file whose import is missing, names are missing too; that is the same mistake.
    parsed[index].syntax.isPartial = true
    let isFull = sources.count >= compiler.limits.filesMax
    diagnostics.error(
      path.range, "there is no file \"\(path.text.prefix(200))\" to import",
      help: isFull
        ? "a run reads at most \(compiler.limits.filesMax) files"
        : "looked for \(candidates.prefix(5).joined(separator: ", ").prefix(400))")
    return nil
  }

  /// Reports each import that leads back to its own file.
  private mutating func reportCycles() {
    for (index, file) in parsed.enumerated() {
      for item in file.imports where reaches(item.file, index) {
        parsed[index].syntax.isPartial = true
        let isOwn = item.file == index
        diagnostics.error(
          item.range,
          isOwn
            ? "the file imports itself"
            : "\(parsed[item.file].path) imports this file, directly or by others",
          help: isOwn ? "remove the import" : "move what both need into a third file")
      }
    }
  }

  private func reaches(_ start: Int, _ goal: Int) -> Bool {
    var seen: Set<Int> = []
    var waiting = [start]
    while let next = waiting.popLast() {
      if next == goal { return true }
      if seen.insert(next).inserted { waiting += parsed[next].imports.map(\.file) }
    }
    return false
  }
}
