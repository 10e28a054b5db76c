// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import LivyCore

/// The tables, and how older ones become them. A migration that was released never changes: add
/// another.
enum StateSchema {
  /// Marks the file as ours (`PRAGMA application_id`): "LIVY" in ASCII.
  private static let applicationID: Int32 = 0x4C49_5659

  /// Checks that the file is ours and whole, and brings it up to date.
  static func open(_ queue: DatabaseQueue, path: String) throws {
    try queue.writeWithoutTransaction { database in
      // GRDB's WAL mode syncs at checkpoints only. A number that was given out must survive a power
      // cut.
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    try queue.write { try claim($0, path: path) }
    let isNewer = try queue.read { try migrator.hasBeenSuperseded($0) }
    guard !isNewer else {
      throw LivyError(
        .store,
        """
        The state in \(path) was written by a newer version of this server, which this one cannot \
        read. Start the newer version, or name another state folder.
        """)
    }
    try migrator.migrate(queue)
    try queue.read { try checkWhole($0, path: path) }
  }

  private static func claim(_ database: Database, path: String) throws {
    let found = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard found == applicationID || (found == 0 && tables == 0) else {
      throw LivyError(
        .store, "\(path) is a database of another program; name another state folder.")
    }
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
  }

  private static func checkWhole(_ database: Database, path: String) throws {
    let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard verdict == "ok" else {
      throw LivyError(
        .store,
        """
        The file \(path) is damaged (\(verdict)): restore it from a backup, or move it away to \
        begin anew.
        """)
    }
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: sessions") { database in
      try database.execute(
        sql: """
          CREATE TABLE counter (
            name TEXT PRIMARY KEY NOT NULL,
            next INTEGER NOT NULL
          ) STRICT;
          INSERT INTO counter (name, next) VALUES ('session', 0);
          CREATE TABLE session (
            id INTEGER PRIMARY KEY NOT NULL,
            uuid TEXT NOT NULL UNIQUE,
            attempt INTEGER NOT NULL,
            state TEXT NOT NULL,
            reason TEXT,
            application_id TEXT,
            created_ms INTEGER NOT NULL,
            finished_ms INTEGER,
            request_version INTEGER NOT NULL,
            request TEXT NOT NULL
          ) STRICT;
          """)
    }
    migrator.registerMigration("2: statements, batches, taking up") { database in
      try database.execute(sql: statementsAndBatches)
    }
    return migrator
  }

  /// A session's statements and journal go with it.
  private static let statementsAndBatches = """
    ALTER TABLE session ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE session ADD COLUMN facts_version INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE session ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
    CREATE TABLE journal (
      session INTEGER PRIMARY KEY NOT NULL REFERENCES session (id) ON DELETE CASCADE,
      next INTEGER NOT NULL,
      last_event INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE statement (
      session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
      id INTEGER NOT NULL,
      kind TEXT NOT NULL,
      state TEXT NOT NULL,
      progress REAL NOT NULL,
      started_ms INTEGER NOT NULL,
      completed_ms INTEGER NOT NULL,
      code TEXT NOT NULL,
      output_version INTEGER NOT NULL,
      output TEXT,
      PRIMARY KEY (session, id)
    ) STRICT;
    INSERT INTO counter (name, next) VALUES ('batch', 0);
    CREATE TABLE batch (
      id INTEGER PRIMARY KEY NOT NULL,
      tag TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL,
      reason TEXT,
      application_id TEXT,
      created_ms INTEGER NOT NULL,
      finished_ms INTEGER,
      request_version INTEGER NOT NULL,
      request TEXT NOT NULL
    ) STRICT;
    """
}
