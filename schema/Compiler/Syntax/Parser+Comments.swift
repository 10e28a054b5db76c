// SPDX-License-Identifier: Apache-2.0

extension Parser {
  /// The comments before the current token, with which a declaration begins.
  func leadingComments() -> CommentsSyntax {
    var comments = CommentsSyntax()
    var next = current.line
    var above: [[CommentLine]] = []
    var isDetached = false
    for comment in current.leading.reversed() {
      if comment.lines.upperBound != next - 1 { isDetached = true }
      if isDetached {
        comments.detached.insert(contentsOf: comment.text, at: 0)
      } else {
        above.append(comment.text)
        next = comment.lines.lowerBound
      }
    }
    comments.above = above.reversed().flatMap { $0 }
    return comments
  }

  /// The comments behind the token that was read last, on its line.
  func trailingComments() -> [CommentLine] { previous.trailing.flatMap(\.text) }
}
