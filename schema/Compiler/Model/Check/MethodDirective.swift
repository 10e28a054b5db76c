// SPDX-License-Identifier: Apache-2.0

/// The comment line `@method N`, which gives a method its number. A comment, so that protoc reads
/// the same files.
struct MethodDirective {
  static let word = "@method"
  static let numbers: ClosedRange<Int> = 1...Int(UInt16.max)

  /// `nil` if what follows the word is no number of the range.
  var number: UInt16?
  var range: SourceRange

  static func isDirective(_ line: String) -> Bool {
    let words = line.split(separator: " ", maxSplits: 1)
    return words.first.map { $0 == word } ?? false
  }

  /// `nil` if the line is none.
  init?(_ line: CommentLine) {
    guard Self.isDirective(line.text) else { return nil }
    let words = line.text.split(separator: " ")
    range = line.range
    let digits = words.count == 2 && words[1].utf8.allSatisfy(\.isDigit) ? words[1] : ""
    number = UInt16(digits).flatMap { $0 == 0 ? nil : $0 }
  }
}
