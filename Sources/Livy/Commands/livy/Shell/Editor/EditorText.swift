// SPDX-License-Identifier: Apache-2.0

/// The text in the editor, and the place in it: a character is what a person takes for one.
struct EditorText: Equatable {
  private(set) var characters: [Character] = []
  /// How many characters stand before the place: 0 to all.
  private(set) var cursor = 0
  private var bytes = 0

  init() {}

  /// The place is behind the text.
  init(_ text: String) {
    let clean = Self.cleaned(text)
    characters = Array(clean)
    cursor = characters.count
    bytes = clean.utf8.count
  }

  var isEmpty: Bool { characters.isEmpty }
  var text: String { String(characters) }
  var before: String { String(characters[..<cursor]) }

  /// Of a text from outside what may stand in code: line ends are `\n`, and other control
  /// characters but tabs go.
  static func cleaned(_ text: String) -> String {
    SafeText.block(text.replacing("\r\n", with: "\n").replacing("\r", with: "\n"))
  }

  /// False, and nothing is done, when the text would be too long.
  mutating func insert(_ text: String) -> Bool {
    let clean = Self.cleaned(text)
    guard bytes + clean.utf8.count <= ShellLimits.statementBytesMax else { return false }
    bytes += clean.utf8.count
    // A mark may join the character before it.
    let joined = cursor > 0 ? [characters[cursor - 1]] : []
    let fresh = Array(String(joined) + clean)
    characters.replaceSubrange((cursor - joined.count)..<cursor, with: fresh)
    cursor += fresh.count - joined.count
    return true
  }

  /// Takes what stands between the place and another one, and goes there.
  mutating func remove(to place: Int) -> String {
    let range = min(place, cursor)..<max(place, cursor)
    let removed = String(characters[range])
    characters.removeSubrange(range)
    bytes -= removed.utf8.count
    cursor = range.lowerBound
    return removed
  }

  /// A place outside of the text is its nearest end.
  mutating func move(to place: Int) {
    cursor = min(max(place, 0), characters.count)
  }

  // MARK: Places

  var previous: Int { max(cursor - 1, 0) }
  var next: Int { min(cursor + 1, characters.count) }
  var end: Int { characters.count }

  var lineStart: Int {
    (characters[..<cursor].lastIndex(of: "\n") ?? -1) + 1
  }

  var lineEnd: Int {
    characters[cursor...].firstIndex(of: "\n") ?? characters.count
  }

  /// Behind the blanks and signs, then the word, that stand before.
  var wordStart: Int {
    var place = cursor
    while place > 0, !Self.isWord(characters[place - 1]) { place -= 1 }
    while place > 0, Self.isWord(characters[place - 1]) { place -= 1 }
    return place
  }

  /// The same to the other side.
  var wordEnd: Int {
    var place = cursor
    while place < characters.count, !Self.isWord(characters[place]) { place += 1 }
    while place < characters.count, Self.isWord(characters[place]) { place += 1 }
    return place
  }

  /// As the shells' Ctrl-W: up to a blank.
  var blankStart: Int {
    var place = cursor
    while place > 0, characters[place - 1].isWhitespace { place -= 1 }
    while place > 0, !characters[place - 1].isWhitespace { place -= 1 }
    return place
  }

  /// The same place of the line above, or its end; nil in the first line.
  var above: Int? {
    let start = lineStart
    guard start > 0 else { return nil }
    let upper = (characters[..<(start - 1)].lastIndex(of: "\n") ?? -1) + 1
    return min(upper + cursor - start, start - 1)
  }

  /// The same place of the line below, or its end; nil in the last line.
  var below: Int? {
    let end = lineEnd
    guard end < characters.count else { return nil }
    let lower = end + 1
    let lowerEnd = characters[lower...].firstIndex(of: "\n") ?? characters.count
    return min(lower + cursor - lineStart, lowerEnd)
  }

  /// Nothing but blanks stands before the place in its line.
  var isAtIndentation: Bool {
    characters[lineStart..<cursor].allSatisfy { $0 == " " || $0 == "\t" }
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}
