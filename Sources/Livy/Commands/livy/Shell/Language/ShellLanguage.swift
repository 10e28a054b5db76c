// SPDX-License-Identifier: Apache-2.0

/// What a person writes at the prompt.
enum ShellLanguage: String, CaseIterable, Sendable {
  case python
  case scala
  case sql
  case r

  /// By its own name or the server's; nil for any other word.
  init?(word: String) {
    switch word.lowercased() {
    case "python", "pyspark", "python3", "pyspark3": self = .python
    case "scala", "spark": self = .scala
    case "sql": self = .sql
    case "r", "sparkr": self = .r
    default: return nil
    }
  }

  /// The server's name.
  var kind: String {
    switch self {
    case .python: "pyspark"
    case .scala: "spark"
    case .sql: "sql"
    case .r: "sparkr"
    }
  }

  var prompt: String { rawValue + "> " }

  var continuation: String {
    let dots = "...> "
    return String(repeating: " ", count: max(prompt.count - dots.count, 0))
      + dots.suffix(prompt.count)
  }

  /// Whether Enter sends the text, or asks for one more line.
  func isComplete(_ text: String) -> Bool {
    if isMagic(text) { return true }
    let scan = CodeScan(text, syntax)
    // Only code can be ended by an empty line.
    guard !scan.isInside else { return false }
    return switch self {
    case .python: isCompletePython(scan)
    case .scala: scan.depth == 0 && (scan.isLastLineBlank || !Self.goesOn(scan, Self.scalaEnds))
    case .r: scan.depth == 0 && (scan.isLastLineBlank || !Self.goesOn(scan, Self.rEnds))
    case .sql: scan.isLastLineBlank || scan.lines.last?.code.hasSuffix(";") == true
    }
  }

  /// Blanks for the line that follows some code: those of its last line, and in Python four more
  /// behind a colon.
  func indentation(behind text: String) -> String {
    guard self != .sql, let line = text.split(separator: "\n").last else { return "" }
    let blanks = String(line.prefix { $0 == " " || $0 == "\t" })
    let opens = self == .python && CodeScan(text, syntax).lines.last?.code.hasSuffix(":") == true
    return opens ? blanks + "    " : blanks
  }

  /// What is sent: without the empty lines that ended it, and Python without blanks that all of it
  /// stands behind.
  func statement(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.count > 1, lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    guard self == .python, let first = lines.first else { return lines.joined(separator: "\n") }
    let blanks = first.prefix { $0 == " " || $0 == "\t" }
    let isCommon = lines.allSatisfy { $0.hasPrefix(blanks) || $0.allSatisfy(\.isWhitespace) }
    guard !blanks.isEmpty, isCommon else { return lines.joined(separator: "\n") }
    return lines.map { $0.dropFirst(min(blanks.count, $0.count)) }.joined(separator: "\n")
  }

  /// One line with a magic: the server's, or a word for the shell.
  private func isMagic(_ text: String) -> Bool {
    text.drop { $0 == " " }.hasPrefix("%") && !text.contains("\n")
  }

  /// A block ends with an empty line; all else with its own end.
  private func isCompletePython(_ scan: CodeScan) -> Bool {
    guard scan.depth == 0, !scan.isContinued else { return false }
    guard let last = scan.lines.last, let first = scan.lines.first else { return true }
    if scan.isLastLineBlank { return true }
    let isInBlock = last.indentation > first.indentation
    return !last.code.hasSuffix(":") && !last.code.hasPrefix("@") && !isInBlock
  }

  private static func goesOn(_ scan: CodeScan, _ ends: CodeEnds) -> Bool {
    guard let code = scan.lines.last?.code else { return false }
    if ends.signs.contains(where: { code.hasSuffix($0) }) { return true }
    let word = code.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.reversed()
    return ends.words.contains(String(word))
  }

  private struct CodeEnds: Sendable {
    var signs: [String]
    var words: Set<String> = []
  }

  private static let scalaEnds = CodeEnds(
    signs: ["=", "=>", "<-", ",", ".", "+", "-", "*", "/", "|", "&", ":", "@"],
    words: ["else", "extends", "with", "match", "yield", "do", "try", "throw"])
  private static let rEnds = CodeEnds(
    signs: ["<-", "=", ",", "+", "-", "*", "/", "|", "&", "~", "%", "|>", "$"], words: ["else"])
}
