// SPDX-License-Identifier: Apache-2.0

/// The comment line `@secret` above a field or behind it: descriptions of the message do not show
/// the field's value. Protobuf's own option for that, `debug_redact`, means the same here; protoc
/// reads a file with it only since version 22, but any file with a comment.
enum SecretDirective {
  static let word = "@secret"

  /// Something behind the word makes it part of a sentence.
  static func isDirective(_ line: String) -> Bool { line == word }

  /// Whether somebody may have meant the directive by a line that is none.
  static func isNearlyMeant(_ line: String) -> Bool {
    !isDirective(line) && line.lowercased().contains(word)
  }

  static func isAmong(_ comments: CommentsSyntax) -> Bool {
    (comments.above + comments.behind).contains { isDirective($0.text) }
  }
}
