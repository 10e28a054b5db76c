// SPDX-License-Identifier: Apache-2.0

/// What becomes of the candidates that a server has for a place: each is a whole word, in the place
/// of the part of it that stands before the cursor.
struct CompletionChoice: Equatable {
  /// How many characters before the cursor are such a part.
  private(set) var replaced = 0
  /// What stands there afterwards: the only candidate, or what all have in common; nil where that is
  /// nothing new.
  private(set) var filled: String?
  /// What is to be listed: nothing where one candidate was all.
  private(set) var listed: [String] = []

  init(_ candidates: [String], before: String) {
    let words = Self.clean(candidates)
    let line = Array(before.suffix(Self.partMax))
    let parts = words.map { Self.part(of: $0, at: line) }
    guard let longest = parts.max() else { return }
    // Where the part is longer, the others belong to something else.
    let fitting = zip(words, parts).filter { $0.1 == longest }.map(\.0)
    replaced = longest
    let typed = String(line.suffix(longest))
    guard fitting.count > 1 else {
      filled = fitting.first.flatMap { $0 == typed ? nil : $0 }
      return
    }
    listed = fitting
    let common = Self.common(fitting)
    // Shorter than what is there, where only the case of letters differs.
    if common.count > longest { filled = common }
  }

  /// No word before a cursor is longer.
  private static let partMax = 256

  /// Without doubles and control characters, in their order.
  private static func clean(_ candidates: [String]) -> [String] {
    var seen: Set<String> = []
    return candidates.map(SafeText.line).filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// The longest beginning of a word that stands at the line's end; SQL's keywords in any case.
  private static func part(of word: String, at line: [Character]) -> Int {
    let word = Array(word)
    let longest = min(word.count, line.count)
    return stride(from: longest, to: 0, by: -1).first { count in
      zip(word, line.suffix(count)).allSatisfy { $0.lowercased() == $1.lowercased() }
    } ?? 0
  }

  private static func common(_ words: [String]) -> String {
    guard var common = words.first else { return "" }
    for word in words.dropFirst() {
      common = String(zip(common, word).prefix { $0 == $1 }.map(\.0))
    }
    return common
  }

  /// The listed words, column by column.
  func rows(columns: Int) -> [String] {
    let shown = Array(listed.prefix(ShellLimits.candidatesShownMax))
    let widest = min(shown.map { TextWidth.of($0) }.max() ?? 0, max(columns - 1, 1))
    let across = max(1, columns / (widest + 2))
    let down = (shown.count + across - 1) / across
    var rows = (0..<down).map { row in
      let cells = stride(from: row, to: shown.count, by: down).map { shown[$0] }
      return cells.enumerated().map { index, cell in
        index == cells.count - 1
          ? String(TextWidth.prefix(of: cell, columns: max(columns - 1, 1)))
          : ColumnWidths.fit(cell, widest + 2)
      }.joined()
    }
    let more = listed.count - shown.count
    if more > 0 { rows.append("and \(more) more") }
    return rows
  }
}
