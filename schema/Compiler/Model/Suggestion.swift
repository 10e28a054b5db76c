// SPDX-License-Identifier: Apache-2.0

/// Finds what a user who mistyped a word probably wanted.
enum Suggestion {
  /// More candidates, and longer ones, are not looked at.
  private static let candidatesMax = 2000
  private static let lengthMax = 64

  /// The candidate that needs the fewest changes, if it needs only a few.
  static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(word.lowercased().utf8)
    guard wanted.count <= lengthMax else { return nil }
    let distanceMax = max(1, wanted.count / 3)
    var best: (distance: Int, word: String)?
    for candidate in candidates.prefix(candidatesMax) {
      let letters = Array(candidate.lowercased().utf8)
      guard letters.count <= lengthMax, abs(letters.count - wanted.count) <= distanceMax else {
        continue
      }
      let distance = distance(wanted, letters)
      guard distance <= distanceMax else { continue }
      // Of equally near ones the first in the alphabet: the answer must not depend on the order.
      if let best, (best.distance, best.word) <= (distance, candidate) { continue }
      best = (distance, candidate)
    }
    return best?.word
  }

  /// Letters to insert, remove or replace (Levenshtein), one row of the table at a time.
  private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var row = Array(0...second.count)
    for (index, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in second.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}
