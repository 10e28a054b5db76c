// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import LivyCore

/// The store's errors in words: what failed, where, and what to do.
enum StoreFailure {
  static func error(_ what: String, _ path: String, _ error: any Error) -> LivyError {
    if let error = error as? LivyError { return error }
    guard let error = error as? DatabaseError else { return LivyError(.store, what, cause: error) }
    let advice =
      switch error.resultCode {
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        "The file \(path) is damaged: restore it from a backup, or move it away to begin anew."
      case .SQLITE_FULL: "The disk of \(path) is full."
      case .SQLITE_BUSY, .SQLITE_LOCKED: "Another program holds \(path)."
      case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
        "Check that \(path) and its folder can be written."
      default: "The file is \(path)."
      }
    return LivyError(.store, "\(what). \(advice)", cause: error)
  }

  /// A row of `session` or `batch`.
  static func unreadable(
    _ row: Row, _ table: String, in path: String, _ error: any Error
  ) -> LivyError {
    let id = (row["id"] as DatabaseValue?)?.description ?? "without a number"
    return LivyError(
      .store,
      """
      The record of \(table) \(id) in \(path) cannot be read: \(error). Restore the file from a \
      backup, or give the \(table) up: sqlite3 '\(path)' 'DELETE FROM \(table) WHERE id = \(id)'.
      """)
  }

  static func unreadableStatement(
    _ row: Row, of session: SessionID, in path: String, _ error: any Error
  ) -> LivyError {
    let id = (row["id"] as DatabaseValue?)?.description ?? "without a number"
    return LivyError(
      .store,
      """
      Statement \(id) of session \(session) in \(path) cannot be read: \(error). Restore the file \
      from a backup, or give the statement up: sqlite3 '\(path)' 'DELETE FROM statement WHERE \
      session = \(session) AND id = \(id)'.
      """)
  }
}
