// SPDX-License-Identifier: Apache-2.0

/// Where the server keeps what must outlive it. One implementation for each kind of store.
package protocol StateStore: Sendable {
  /// The next session number. Durable before it returns: no number is given twice, whatever
  /// happens.
  func reserveSessionID() async throws(LivyError) -> SessionID

  /// Creates or replaces a record. Durable before it returns.
  func save(_ record: SessionRecord) async throws(LivyError)

  /// All records, in order of their numbers. A record that cannot be read is an error, never
  /// skipped in silence.
  func sessions() async throws(LivyError) -> [SessionRecord]

  func removeSession(_ id: SessionID) async throws(LivyError)
}

/// What is known of a session beyond the life of a server.
package struct SessionRecord: Equatable, Sendable {
  package var id: SessionID
  package var uuid: SessionUUID
  package var attempt: UInt32
  package var request: SessionRequest
  package var state: SessionState
  /// Why it ended, in words; nil while it lives.
  package var reason: String?
  package var applicationID: String?
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
