// SPDX-License-Identifier: Apache-2.0

/// What the shell takes at most. What is beyond is refused or left out, and said so.
enum ShellLimits {
  /// A statement in the editor, in UTF-8; what a file holds may be larger (`CodeSource.bytesMax`).
  static let statementBytesMax = 1 << 20
  /// A statement of several lines that come without anybody at a terminal.
  static let blockBytesMax = 64 << 10
  /// Keys that are typed while a statement runs, and kept for the next prompt.
  static let typedAheadMax = 4_096
  /// Entries of the history that are kept.
  static let historyEntriesMax = 1_000
  /// The file of the history; its newest entries stay.
  static let historyBytesMax = 1 << 20
  /// One entry; a longer one is not kept.
  static let historyEntryBytesMax = 64 << 10
  /// Candidates that are listed.
  static let candidatesShownMax = 200
  /// How long Tab waits for the server.
  static let completionTimeMax: Duration = .seconds(3)
  /// Rows of a table that are drawn, unless `--rows` says otherwise.
  static let tableRowsDefault = 50
  /// An image that is shown in the terminal; a larger one is saved.
  static let imageShownBytesMax = 8 << 20
  /// Images of one name that may lie in the folder.
  static let imageNamesMax = 1_000
  /// Between two tries to follow a session whose server is away.
  static let followPause: Duration = .seconds(5)
  /// Between two looks at the log of a session that starts.
  static let logPause: Duration = .milliseconds(500)
}
