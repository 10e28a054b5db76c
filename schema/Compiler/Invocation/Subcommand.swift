// SPDX-License-Identifier: Apache-2.0

/// What `schemac` can do, with what a user is told of it.
package enum Subcommand: String, CaseIterable, Sendable {
  case generate
  case check
  case ledger
  case format

  /// The options that it has.
  var options: [Option] {
    switch self {
    case .generate: [.out, .visibility, .json, .import]
    case .check: [.import]
    case .ledger: [.ledger, .accept, .check, .import]
    case .format: [.check]
    }
  }

  /// On one line, for the list of all.
  var summary: String {
    switch self {
    case .generate: "writes one Swift file for each schema"
    case .check: "only says what is wrong"
    case .ledger: "records numbers and names, and refuses changes that break old peers"
    case .format: "lays schemas out"
    }
  }

  private var details: String {
    switch self {
    case .generate:
      """
      Compiles schemas (proto3) and writes `Driver.wire.swift` for `driver.proto`, and so on. Nothing
      is written if there are errors. A file that would not change is not touched.

      Each method needs a number, in the comment directly above it:
        // @method 7
        rpc Ping(PingRequest) returns (PingResponse);
      """
    case .check:
      "Compiles schemas (proto3) and writes nothing."
    case .ledger:
      """
      Compares schemas with their ledger, a text file that has every number and name that they ever
      used, and brings it up to date. A change that breaks a peer which knows the schemas as they
      were is refused, and nothing is written: a number that is used for something else, a field that
      is gone but not reserved, a type that is read differently, and so on. Name all files of a
      ledger each time, and commit it with them.
      """
    case .format:
      """
      Lays schemas out in place: two spaces for each brace, one statement a line, at most one empty
      line. Order and comments stay. A file with mistakes of syntax is left alone.
      """
    }
  }

  /// Lines that say what exit status 1 means.
  private var failure: String {
    switch self {
    case .generate, .check: "a schema has errors, or a file cannot be read or written"
    case .ledger:
      """
      a schema has errors, a change is refused, a file cannot be read or written, or (with --check)
          the ledger is not up to date
      """
    case .format:
      """
      a schema has mistakes of syntax, a file cannot be read or written, or (with --check) a file is
          not laid out
      """
    }
  }

  /// What `schemac SUBCOMMAND --help` shows.
  package var helpText: String {
    """
    Usage: schemac \(rawValue) [options] FILES

    \(details)

    Options:
    \(options.map(\.help).joined(separator: "\n"))
      -h, --help         this text

    Exit status:
      0 all is well
      1 \(failure)
      2 the command line is wrong

    """
  }

  /// What `schemac --help` shows.
  package static let allHelpText = """
    schemac compiles message files (proto3) to Swift.

    Usage:
    \(allCases.map { "  schemac \($0.rawValue.padded(to: 8)) [options] FILES   \($0.summary)" }
      .joined(separator: "\n"))
      schemac SUBCOMMAND --help          tells the options of one

    Exit status:
      0 all is well
      1 a schema has errors, a check fails, or a file cannot be read or written
      2 the command line is wrong

    """

  /// An option that a subcommand may have.
  enum Option: String {
    case out
    case visibility
    case json
    case `import`
    case ledger
    case accept
    case check

    var takesValue: Bool { self != .json && self != .check }

    /// Lines of the help text.
    var help: String {
      switch self {
      case .out: "  --out DIR          where to write; the folder must be there (default: .)"
      case .visibility: "  --visibility LEVEL public, package (default) or internal"
      case .json:
        "  --json             writes a second file, with the messages' JSON; it imports WireJSON"
      case .import:
        """
          --import DIR       where to look for imported files, after the importing file's own
                             folder; can be given several times
        """
      case .ledger:
        "  --ledger FILE      the ledger (default: \(Compilation.ledgerName) beside the first file)"
      case .accept:
        """
          --accept NAME      a change that breaks old peers is wanted: of a field
                             (livy.Event.state), a value (livy.JobState.QUEUED) or a method
                             (livy.Driver.Ping); can be given several times
        """
      case .check: "  --check            writes nothing, and fails if something would be written"
      }
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
