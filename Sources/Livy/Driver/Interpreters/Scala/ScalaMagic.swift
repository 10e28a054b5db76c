// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyPy4J

/// A line that shows a value in another form than text: `%json x`, `%table x`.
enum ScalaMagic: Equatable {
  case json(value: String)
  case table(value: String)
  case unknown(name: String)
  /// Just `%`.
  case bare

  /// `line` begins with `%`.
  init(line: String) {
    let words = line.dropFirst().split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == " " || $0 == "\t" })
    let value = words.count > 1 ? String(words[1]).trimmingBlanks : ""
    switch words.first.map({ String($0) }) {
    case nil, "": self = .bare
    case "json": self = .json(value: value)
    case "table": self = .table(value: value)
    case .some(let name): self = .unknown(name: name)
    }
  }

  /// What is asked of the REPL.
  struct Question: Equatable {
    /// Of `livyMagics`.
    var method: String
    var value: String
    var mimeType: String
  }

  func question() throws(StatementFailure) -> Question {
    switch self {
    case .json(let value):
      Question(method: "json", value: value, mimeType: "application/json")
    case .table(let value):
      Question(
        method: "table", value: value, mimeType: "application/vnd.livy.table.v1+json")
    case .unknown(let name):
      throw StatementFailure(name: "UnknownMagic", value: "unknown magic command '\(name)'")
    case .bare:
      throw StatementFailure(name: "UnknownMagic", value: "magic command not specified")
    }
  }
}

extension ScalaMagic.Question {
  /// The value stands on a line of its own: a comment may end it.
  func code(limits: ScalaLimits) -> String {
    """
    livyMagics.\(method)(\(limits.magicRowsMax), \(limits.magicUnitsMax),
    \(value)
    )
    """
  }

  /// Nothing, or a name that the REPL does not know.
  func isMissing(_ failure: StatementFailure) -> Bool {
    value.isEmpty || failure.value.hasSuffix("not found: value \(value)")
  }

  var missing: StatementFailure {
    StatementFailure(name: "NameError", value: "Value \(value) does not exist")
  }

  /// What `livyMagics` left: `=` and JSON, or `!` and why there is none.
  func part(of answer: String) throws(StatementFailure) -> OutputPart {
    let content = String(answer.dropFirst())
    switch answer.first {
    case "=": return OutputPart(mimeType: mimeType, content: .json(content))
    case "!":
      let lines = content.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      throw StatementFailure(
        name: String(lines.first ?? "Error"), value: lines.count > 1 ? String(lines[1]) : "")
    case nil, .some:
      throw StatementFailure(name: "Error", value: "the value could not be read")
    }
  }
}

extension ScalaREPL {
  /// The property by which `livyMagics` hands a value over.
  private static let property = "livy.magic"

  /// Compiles what the magics need.
  func learnMagics() async throws(Py4JError) {
    let code = String(decoding: PackageResources.scala_magics_scala, as: UTF8.self)
    let result = try await interpret(code)
    let wordsMax = 4_000
    let words = try await takeSaid(unitsMax: wordsMax).text
    guard result == .success else {
      throw Py4JError(.unexpectedValue, "the magics cannot be compiled: \(words)")
    }
  }

  /// What the last magic left, which is taken away by that.
  func takeMagicAnswer() async throws(Py4JError) -> String {
    try await connection.scope { (java) throws(Py4JError) in
      let answer = try await java.callStatic(
        "java.lang.System", "clearProperty", .text(Self.property))
      return answer == .null ? "" : try answer.asText()
    }
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    let head = drop { $0 == " " || $0 == "\t" }
    let blanks = head.reversed().prefix { $0 == " " || $0 == "\t" }.count
    return String(head.dropLast(blanks))
  }
}
