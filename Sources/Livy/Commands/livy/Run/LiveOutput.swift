// SPDX-License-Identifier: Apache-2.0

internal import Livy
internal import Synchronization

/// Shows what a statement prints while it runs, and at its end what of its result is not shown yet.
final class LiveOutput: Sendable {
  private let shown = Mutex(Printed())

  /// What was shown of what a statement prints.
  struct Printed: Equatable {
    private(set) var text = ""
    /// A piece was missed: the result will be shown whole.
    private(set) var hasGap = false

    /// What of a piece is to be shown now; pieces may come twice.
    mutating func add(_ piece: String, offset: Int) -> String {
      let seen = text.utf8.count
      guard !hasGap, (0...seen).contains(offset) else {
        hasGap = true
        return ""
      }
      let fresh = String(decoding: piece.utf8.dropFirst(seen - offset), as: UTF8.self)
      text += fresh
      return fresh
    }

    /// What of the result's text is still to be shown, behind what was: all of it where the two do
    /// not fit together. The result has no blanks at its end.
    func rest(of result: String) -> String {
      guard !text.isEmpty else { return result }
      let lineEnd = text.hasSuffix("\n") ? "" : "\n"
      if result.utf8.starts(with: text.utf8) {
        let rest = String(decoding: result.utf8.dropFirst(text.utf8.count), as: UTF8.self)
        return rest.isEmpty ? lineEnd : rest
      }
      return text.utf8.starts(with: result.utf8) ? lineEnd : lineEnd + result
    }
  }

  /// What is to be shown of a piece.
  func fresh(_ piece: String, offset: Int) -> String {
    shown.withLock { $0.add(piece, offset: offset) }
  }

  func rest(of result: String) -> String {
    shown.withLock { $0.rest(of: result) }
  }
}
