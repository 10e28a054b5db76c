// SPDX-License-Identifier: Apache-2.0

/// What the command `schemac` was asked to do.
package enum Invocation: Equatable, Sendable {
  case help
  case generate(
    files: [String], out: String, visibility: SwiftVisibility, json: JSONCode, folders: [String])
  case check(files: [String], folders: [String])

  /// The words behind the command's name do not say what to do.
  package struct UsageError: Error, Equatable, Sendable {
    package var message: String
  }

  package static let helpText = """
    schemac compiles message files (proto3) to Swift.

    Usage:
      schemac generate [options] FILES   writes one Swift file for each FILE
      schemac check [options] FILES      only says what is wrong

    Options:
      --out DIR               where to write; the folder must be there (default: .)
      --visibility LEVEL      public, package (default) or internal
      --json                  writes a second file, with the messages' JSON; it imports WireJSON
      --import DIR            where to look for imported files, after the importing file's own
                              folder; can be given several times
      -h, --help              this text

    Each method needs a number, in the comment directly above it:
      // @method 7
      rpc Ping(PingRequest) returns (PingResponse);

    Exit status: 0 all is well, 1 a schema has errors or a file cannot be read or written,
    2 the command line is wrong.

    """

  /// Reads the words behind the command's name.
  package init(_ words: [String]) throws(UsageError) {
    if words.contains("--help") || words.contains("-h") || words == ["help"] {
      self = .help
      return
    }
    guard let command = words.first else { throw UsageError(message: "say what to do") }
    guard command == "generate" || command == "check" else {
      throw UsageError(message: "there is no command `\(command)`")
    }
    var options = Options()
    try options.read(words.dropFirst(), of: command)
    guard !options.files.isEmpty else {
      throw UsageError(message: "\(command): no files are named")
    }
    self =
      command == "check"
      ? .check(files: options.files, folders: options.folders)
      : .generate(
        files: options.files, out: options.out ?? ".",
        visibility: options.visibility ?? .package, json: options.json,
        folders: options.folders)
  }

  private struct Options {
    var files: [String] = []
    var folders: [String] = []
    var out: String?
    var visibility: SwiftVisibility?
    var json = JSONCode.none

    mutating func read(_ words: ArraySlice<String>, of command: String) throws(UsageError) {
      var rest = words
      while let word = rest.popFirst() {
        guard word.hasPrefix("-"), word != "-" else {
          files.append(word)
          continue
        }
        if word == "--" {
          files += rest
          return
        }
        if word == "--json", command == "generate" {
          json = .beside
          continue
        }
        // `--out DIR` and `--out=DIR` are the same.
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let isKnown =
          name == "--import"
          || (command == "generate" && (name == "--out" || name == "--visibility"))
        guard isKnown else { throw UsageError(message: "\(command) has no option `\(name)`") }
        guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst(), !value.isEmpty
        else { throw UsageError(message: "`\(name)` needs a value") }
        try set(name, value)
      }
    }

    private mutating func set(_ name: String, _ value: String) throws(UsageError) {
      switch name {
      case "--out": out = value
      case "--import": folders.append(value)
      default:
        guard let level = SwiftVisibility(rawValue: value) else {
          throw UsageError(
            message: "`\(value)` is no visibility; write public, package or internal")
        }
        visibility = level
      }
    }
  }
}
