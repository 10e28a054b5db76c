// SPDX-License-Identifier: Apache-2.0

/// Where the server keeps what must outlive it. One implementation for each kind of store.
package protocol StateStore: Sendable {
  /// Writes what changes nothing, as durably as all else; throws what keeps it from that.
  func checkWritable() async throws(LivyError)

  /// The next session number. Durable before it returns: no number is given twice, whatever
  /// happens.
  func reserveSessionID() async throws(LivyError) -> SessionID

  /// Creates or replaces a record. Durable before it returns.
  func save(_ record: SessionRecord) async throws(LivyError)

  /// Removes a record, with its journal, and saves another in its place, which may have the same
  /// UUID: both or neither. Durable before it returns.
  func save(_ record: SessionRecord, inPlaceOf former: SessionID) async throws(LivyError)

  /// All records, in order of their numbers. A record that cannot be read is an error, never
  /// skipped in silence.
  func sessions() async throws(LivyError) -> [SessionRecord]

  /// With its journal.
  func removeSession(_ id: SessionID) async throws(LivyError)

  // MARK: Statements

  /// Writes what changed in a session's journal: all of it or nothing. Durable before it returns.
  /// Pages of one session are written in the order of the calls. A page of a session that was
  /// removed is passed over.
  func write(_ page: JournalPage) async throws(LivyError)

  /// All that is kept of a session's statements, in ascending order of ids, as one page.
  func journal(of id: SessionID) async throws(LivyError) -> JournalPage

  // MARK: Batches

  /// As `reserveSessionID`, counted apart.
  func reserveBatchID() async throws(LivyError) -> BatchID

  /// Creates or replaces a record. Durable before it returns.
  func save(_ record: BatchRecord) async throws(LivyError)

  /// All records, in order of their numbers; as `sessions`.
  func batches() async throws(LivyError) -> [BatchRecord]

  func removeBatch(_ id: BatchID) async throws(LivyError)
}

/// A change in the statements of one session.
package struct JournalPage: Equatable, Sendable {
  package var session: SessionID
  /// New or changed, each whole.
  package var statements: [Statement]
  /// No longer kept.
  package var dropped: [StatementID]
  /// Number of the next new statement.
  package var next: UInt64
  /// Every driver's event up to this one is in the statements.
  package var lastEvent: UInt64

  package init(
    session: SessionID, statements: [Statement] = [], dropped: [StatementID] = [],
    next: UInt64 = 0, lastEvent: UInt64 = 0
  ) {
    self.session = session
    self.statements = statements
    self.dropped = dropped
    self.next = next
    self.lastEvent = lastEvent
  }

  /// UTF-8 bytes of all code and output.
  package var byteCount: Int { statements.reduce(0) { $0 + $1.byteCount } }
}

/// What is known of a session beyond the life of a server.
package struct SessionRecord: Equatable, Sendable {
  package var id: SessionID
  package var uuid: SessionUUID
  package var attempt: UInt32
  /// The server's lease on the session: rises when another run of the server takes it up. A driver
  /// obeys none lower than it has seen.
  package var epoch: UInt64 = 1
  /// The driver's, once it is enrolled: then the session can be taken up again.
  package var driverKey: DriverKey?
  /// Who dials whom in this session; nil before its launch.
  package var channel: ChannelDirection?
  /// Connect-back: where the driver listens.
  package var driverAddress: DriverAddress?
  package var phases: [PhaseTime] = []
  package var request: SessionRequest
  package var state: SessionState
  /// Why it ended, in words; nil while it lives.
  package var reason: String?
  package var applicationID: String?
  package var sparkVersion: String?
  package var sparkUIURL: String?
  /// Milliseconds since 1970.
  package var createdMilliseconds: Int64
  /// Milliseconds since 1970; nil while it lives. Retention counts from here.
  package var finishedMilliseconds: Int64?

  package init(
    id: SessionID, uuid: SessionUUID, attempt: UInt32, request: SessionRequest,
    state: SessionState, createdMilliseconds: Int64
  ) {
    self.id = id
    self.uuid = uuid
    self.attempt = attempt
    self.request = request
    self.state = state
    self.createdMilliseconds = createdMilliseconds
  }
}
