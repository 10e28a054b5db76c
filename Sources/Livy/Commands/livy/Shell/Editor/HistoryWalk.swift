// SPDX-License-Identifier: Apache-2.0

/// A walk through what was entered before, from the newest to the oldest and back to what was being
/// written.
struct HistoryWalk: Equatable {
  /// Oldest first.
  private(set) var entries: [String]
  /// Where the walk is; nil is behind the newest.
  private var place: Int?
  private var draft = ""

  init(_ entries: [String]) {
    self.entries = entries
  }

  /// - Parameter text: what is being written; the way back ends there.
  mutating func older(than text: String) -> String? {
    let next = (place ?? entries.count) - 1
    guard entries.indices.contains(next) else { return nil }
    if place == nil { draft = text }
    place = next
    return entries[next]
  }

  mutating func newer() -> String? {
    guard let now = place else { return nil }
    let next = now + 1
    place = entries.indices.contains(next) ? next : nil
    return place.map { entries[$0] } ?? draft
  }
}

/// A search backwards through what was entered before, with each letter that is typed.
struct HistorySearch: Equatable {
  private let entries: [String]
  /// What is looked for.
  private(set) var query = ""
  /// The entry that is shown; nil before anything was found.
  private var place: Int?
  /// The text is found nowhere else.
  private(set) var isFailing = false
  /// What stood in the editor before.
  let draft: EditorText

  init(_ entries: [String], draft: EditorText) {
    self.entries = entries
    self.draft = draft
  }

  /// What was found, with the place where the text begins in it; else what was being written.
  var found: EditorText {
    guard let place, let start = entries[place].place(of: query) else { return draft }
    var text = EditorText(entries[place])
    text.move(to: start)
    return text
  }

  mutating func type(_ text: String) {
    query += EditorText.cleaned(text).replacing("\n", with: "")
    look(from: place ?? entries.count - 1, by: -1)
  }

  mutating func erase() {
    query = String(query.dropLast())
    isFailing = false
    if query.isEmpty { place = nil } else { look(from: entries.count - 1, by: -1) }
  }

  mutating func older() { look(from: (place ?? entries.count) - 1, by: -1) }

  mutating func newer() {
    if let place { look(from: place + 1, by: 1) }
  }

  private mutating func look(from start: Int, by step: Int) {
    guard !query.isEmpty else { return }
    var index = start
    while entries.indices.contains(index) {
      if entries[index].place(of: query) != nil {
        place = index
        isFailing = false
        return
      }
      index += step
    }
    isFailing = true
  }
}

extension String {
  /// How many characters stand before the first occurrence of a text.
  fileprivate func place(of text: String) -> Int? {
    guard let range = firstRange(of: text) else { return nil }
    return distance(from: startIndex, to: range.lowerBound)
  }
}
