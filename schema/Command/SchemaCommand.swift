// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import SchemaCompiler

/// `schemac`: reads message files, writes Swift. All that it decides stands in `SchemaCompiler`.
@main
struct SchemaCommand {
  static func main() {
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  enum Status: Int32 {
    case success = 0
    case failure = 1
    case usage = 2
  }

  private static let limits = CompilerLimits.standard

  private static func run(_ words: [String]) -> Status {
    do {
      switch try Invocation(words) {
      case .help(let subcommand):
        FileAccess.print(subcommand?.helpText ?? Subcommand.allHelpText, to: STDOUT_FILENO)
        return .success
      case .check(let files, let folders):
        guard let compilation = compile(files, folders) else { return .failure }
        say(compilation.report)
        return compilation.diagnostics.hasErrors ? .failure : .success
      case .generate(let files, let out, let visibility, let json, let folders):
        guard let compilation = compile(files, folders) else { return .failure }
        say(compilation.report)
        if compilation.diagnostics.hasErrors { return .failure }
        return compilation.generate(visibility, json: json).allSatisfy { file in
          write(file.text, to: Path.joined(out, file.name))
        } ? .success : .failure
      case .ledger(let files, let ledger, let accepted, let isCheck, let folders):
        return self.ledger(files, ledger, accepted, isCheck: isCheck, folders)
      case .format(let files, let isCheck):
        // All files are looked at, even behind one that fails.
        return files.map { format($0, isCheck: isCheck) }.allSatisfy { $0 } ? .success : .failure
      }
    } catch {
      say("schemac: \(error.message); see `schemac --help`\n")
      return .usage
    }
  }

  private static func ledger(
    _ paths: [String], _ path: String, _ accepted: Set<String>, isCheck: Bool, _ folders: [String]
  ) -> Status {
    guard let compilation = compile(paths, folders) else { return .failure }
    var previous: SourceFile?
    if FileAccess.exists(path) {
      guard let bytes = read(path, bytesMax: limits.ledgerBytesMax) else { return .failure }
      previous = SourceFile(path: path, bytes: bytes)
    }
    let run = compilation.ledger(previous: previous, accepted: accepted, limits: limits)
    say(run.report)
    guard let text = run.text else { return .failure }
    if run.isUpToDate { return .success }
    if isCheck {
      say("schemac: \(path) is not up to date: run `schemac ledger`, and commit it\n")
      return .failure
    }
    return write(text, to: path) ? .success : .failure
  }

  /// Returns whether the file is laid out now, or, for a check, was so before.
  private static func format(_ path: String, isCheck: Bool) -> Bool {
    guard let bytes = read(path, bytesMax: limits.fileBytesMax) else { return false }
    let source = SourceFile(path: path, bytes: bytes)
    var diagnostics = Diagnostics(limits: limits)
    let text = SchemaFormatter.format(source, file: 0, limits: limits, diagnostics: &diagnostics)
    say(DiagnosticRenderer(files: [source]).render(diagnostics))
    guard let text else { return false }
    if Array(text.utf8) == bytes { return true }
    if isCheck {
      say("schemac: \(path) is not laid out: run `schemac format`\n")
      return false
    }
    return write(text, to: path)
  }

  /// `nil` after a file could not be read.
  private static func compile(_ paths: [String], _ folders: [String]) -> Compilation? {
    let sources = paths.map { path in
      read(path, bytesMax: limits.fileBytesMax).map { SourceFile(path: path, bytes: $0) }
    }
    let compiler = Compiler(limits: limits, importFolders: folders) {
      (path) throws(Compiler.LoadFailure) in
      do throws(FileAccess.Failure) {
        return try FileAccess.read(path, bytesMax: limits.fileBytesMax)
      } catch {
        if error.isMissing { return nil }
        throw Compiler.LoadFailure(reason: error.description)
      }
    }
    let compilation = compiler.compile(sources.compactMap { $0 })
    if sources.contains(where: { $0 == nil }) {
      say(compilation.report)
      return nil
    }
    return compilation
  }

  // MARK: Files

  private static func read(_ path: String, bytesMax: Int) -> [UInt8]? {
    do {
      return try FileAccess.read(path, bytesMax: bytesMax)
    } catch {
      say("schemac: \(error)\n")
      return nil
    }
  }

  private static func write(_ text: String, to path: String) -> Bool {
    do {
      try FileAccess.write(text, to: path)
      return true
    } catch {
      say("schemac: \(error)\n")
      return false
    }
  }

  private static func say(_ text: String) { FileAccess.print(text, to: STDERR_FILENO) }
}
