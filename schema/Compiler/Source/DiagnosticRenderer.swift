// SPDX-License-Identifier: Apache-2.0

/// Shows diagnostics as compilers do: place, words, the line, carets under the range, help.
package struct DiagnosticRenderer {
  /// Characters of a source line that are shown; a longer one is cut on both sides.
  static let excerptMax = 120
  /// Columns that a tab takes in an excerpt.
  static let tabWidth = 4

  private let files: [SourceFile]

  package init(files: [SourceFile]) {
    self.files = files
  }

  package func render(_ diagnostics: Diagnostics) -> String {
    var text = diagnostics.sorted.map(render).joined()
    if diagnostics.dropped > 0 {
      text += "and \(diagnostics.dropped) more; mend these first\n"
    }
    return text
  }

  func render(_ diagnostic: Diagnostic) -> String {
    let severity =
      switch diagnostic.severity {
      case .error: "error"
      case .warning: "warning"
      }
    var text = excerpt(diagnostic.range, "\(severity): \(diagnostic.message)")
    if let help = diagnostic.help { text += "  help: \(help)\n" }
    for note in diagnostic.notes { text += excerpt(note.range, "note: \(note.message)") }
    return text
  }

  private func excerpt(_ range: SourceRange, _ words: String) -> String {
    let file = files[range.file]
    let line = file.line(at: range.bytes.lowerBound)
    let whole = file.bytes(ofLine: line)
    let start = min(range.bytes.lowerBound, whole.upperBound)
    let end = min(max(range.bytes.upperBound, start), whole.upperBound)
    let column = Self.scalars(in: file.bytes[whole.lowerBound..<start]) + 1
    // A line may have megabytes: only what can be shown is looked at.
    let most = Self.excerptMax * 4
    let before = Self.visible(file.text(max(whole.lowerBound, start - most)..<start))
    let marked = Self.visible(file.text(start..<min(end, start + most)))
    let after = Self.visible(file.text(end..<min(whole.upperBound, end + most)))

    let half = Self.excerptMax / 2
    let shownBefore = before.count <= half ? before : "..." + before.suffix(half)
    let shownMarked = marked.count <= half ? marked : String(marked.prefix(half)) + "..."
    let shownAfter = after.count <= half ? after : String(after.prefix(half)) + "..."

    let number = String(line + 1)
    let margin = String(repeating: " ", count: number.count)
    let carets = String(repeating: "^", count: max(1, shownMarked.count))
    let indent = String(repeating: " ", count: shownBefore.count)
    return """
      \(file.path):\(line + 1):\(column): \(words)
       \(number) | \(shownBefore)\(shownMarked)\(shownAfter)
       \(margin) | \(indent)\(carets)

      """
  }

  /// Characters of valid UTF-8: its bytes that do not continue one.
  private static func scalars(in bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 & 0xC0 != 0x80 }
  }

  /// A source file may hold anything; a terminal is shown no control characters.
  private static func visible(_ text: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t": shown.append(contentsOf: String(repeating: " ", count: tabWidth).unicodeScalars)
      case _ where scalar.properties.generalCategory == .control: shown.append("\u{FFFD}")
      default: shown.append(scalar)
      }
    }
    return String(shown)
  }
}
