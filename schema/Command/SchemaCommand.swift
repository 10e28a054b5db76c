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

  private static func run(_ words: [String]) -> Status {
    do {
      switch try Invocation(words) {
      case .help:
        FileAccess.print(Invocation.helpText, to: STDOUT_FILENO)
        return .success
      case .check(let files, let folders):
        return compile(files, folders) == nil ? .failure : .success
      case .generate(let files, let out, let visibility, let json, let folders):
        guard let compilation = compile(files, folders) else { return .failure }
        return write(compilation.generate(visibility, json: json), to: out)
      }
    } catch {
      FileAccess.print("schemac: \(error.message); see `schemac --help`\n", to: STDERR_FILENO)
      return .usage
    }
  }

  /// `nil` after errors have been shown.
  private static func compile(_ paths: [String], _ folders: [String]) -> Compilation? {
    var sources: [SourceFile] = []
    var isComplete = true
    let limits = CompilerLimits.standard
    for path in paths {
      do {
        sources.append(
          SourceFile(path: path, bytes: try FileAccess.read(path, bytesMax: limits.fileBytesMax)))
      } catch {
        FileAccess.print("schemac: \(error)\n", to: STDERR_FILENO)
        isComplete = false
      }
    }
    let compiler = Compiler(limits: limits, importFolders: folders) { path in
      try? FileAccess.read(path, bytesMax: limits.fileBytesMax)
    }
    let compilation = compiler.compile(sources)
    FileAccess.print(compilation.report, to: STDERR_FILENO)
    return isComplete && !compilation.diagnostics.hasErrors ? compilation : nil
  }

  private static func write(_ files: [GeneratedFile], to folder: String) -> Status {
    for file in files {
      do {
        try FileAccess.write(file.text, to: Path.joined(folder, file.name))
      } catch {
        FileAccess.print("schemac: \(error)\n", to: STDERR_FILENO)
        return .failure
      }
    }
    return .success
  }
}
