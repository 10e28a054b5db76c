// SPDX-License-Identifier: Apache-2.0

/// What the command `schemac` was asked to do.
package enum Invocation: Equatable, Sendable {
  /// About one subcommand, or about all.
  case help(Subcommand?)
  case generate(
    files: [String], out: String, visibility: SwiftVisibility, json: JSONCode, folders: [String])
  case check(files: [String], folders: [String])
  /// Compares with a ledger; `isCheck` writes nothing.
  case ledger(
    files: [String], ledger: String, accepted: Set<String>, isCheck: Bool, folders: [String])
  /// Lays files out; `isCheck` writes nothing.
  case format(files: [String], isCheck: Bool)

  /// The words behind the command's name do not say what to do.
  package struct UsageError: Error, Equatable, Sendable {
    package var message: String
  }

  /// Reads the words behind the command's name.
  package init(_ words: [String]) throws(UsageError) {
    let subcommand = words.first.flatMap { Subcommand(rawValue: $0) }
    if words.contains("--help") || words.contains("-h") || words == ["help"] {
      self = .help(subcommand)
      return
    }
    guard let first = words.first else { throw UsageError(message: "say what to do") }
    guard let subcommand else { throw UsageError(message: "there is no command `\(first)`") }
    var options = Options(subcommand: subcommand)
    try options.read(words.dropFirst())
    guard let firstFile = options.files.first else {
      throw UsageError(message: "\(first): no files are named")
    }
    switch subcommand {
    case .generate:
      self = .generate(
        files: options.files, out: options.out ?? ".",
        visibility: options.visibility ?? .package, json: options.json, folders: options.folders)
    case .check: self = .check(files: options.files, folders: options.folders)
    case .ledger:
      let beside = Path.joined(Path.folder(of: firstFile), Compilation.ledgerName)
      self = .ledger(
        files: options.files, ledger: options.ledger ?? beside, accepted: options.accepted,
        isCheck: options.isCheck, folders: options.folders)
    case .format: self = .format(files: options.files, isCheck: options.isCheck)
    }
  }

  private struct Options {
    let subcommand: Subcommand
    var files: [String] = []
    var folders: [String] = []
    var out: String?
    var visibility: SwiftVisibility?
    var json = JSONCode.none
    var ledger: String?
    var accepted: Set<String> = []
    var isCheck = false

    init(subcommand: Subcommand) {
      self.subcommand = subcommand
    }

    mutating func read(_ words: ArraySlice<String>) throws(UsageError) {
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
        // `--out DIR` and `--out=DIR` are the same.
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard name.hasPrefix("--"),
          let option = Subcommand.Option(rawValue: String(name.dropFirst(2))),
          subcommand.options.contains(option)
        else { throw UsageError(message: "\(subcommand.rawValue) has no option `\(name)`") }
        guard option.takesValue else {
          if parts.count > 1 { throw UsageError(message: "`\(name)` takes no value") }
          try set(option, "")
          continue
        }
        guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst(), !value.isEmpty
        else { throw UsageError(message: "`\(name)` needs a value") }
        try set(option, value)
      }
    }

    private mutating func set(
      _ option: Subcommand.Option, _ value: String
    ) throws(UsageError) {
      switch option {
      case .out: out = value
      case .import: folders.append(value)
      case .json: json = .beside
      case .ledger: ledger = value
      case .accept: accepted.insert(value)
      case .check: isCheck = true
      case .visibility:
        guard let level = SwiftVisibility(rawValue: value) else {
          throw UsageError(
            message: "`\(value)` is no visibility; write public, package or internal")
        }
        visibility = level
      }
    }
  }
}
