// SPDX-License-Identifier: Apache-2.0

public import LivyAPI

extension LivyClient {
  /// What happens in a session, as it happens, until it is over. A connection that is cut is made
  /// again, and goes on where it was; ``SessionNews/reset`` tells that events were missed.
  ///
  /// Throws what ends it for good: a session that there is not, a server without this route (Apache
  /// Livy's: ``ClientError/status`` 404), one that cannot be reached again.
  public func follow(
    _ reference: SessionReference, onNews: (SessionNews) async -> Void
  ) async throws(ClientError) {
    let path = ["sessions", reference.description, "events"]
    try await follow(address.url(path)) { news in
      await onNews(news)
      guard case .session(_, let state) = news else { return false }
      return state.isFinished
    }
  }

  /// What happens to one statement, from its beginning, as far as the server has kept it, to its end.
  /// The last is ``SessionNews/done(_:)``. Throws as ``follow(_:onNews:)`` does.
  public func follow(
    statement id: Int, of reference: SessionReference, onNews: (SessionNews) async -> Void
  ) async throws(ClientError) {
    let path = ["sessions", reference.description, "statements", String(id), "events"]
    try await follow(address.url(path)) { news in
      await onNews(news)
      guard case .done = news else { return false }
      return true
    }
  }

  /// `onNews` says whether that was the last.
  private func follow(
    _ url: String, onNews: (SessionNews) async -> Bool
  ) async throws(ClientError) {
    var place: String?
    var isOver = false
    var failures = 0
    while !isOver {
      var reader = ServerSentEventReader()
      let headers = place.map { ["Last-Event-ID": $0] } ?? [:]
      do {
        try await stream(url, headers: headers) { bytes throws(ClientError) in
          for event in try Self.events(in: bytes, &reader) {
            failures = 0
            place = event.id ?? place
            guard !isOver, let news = try Self.news(event) else { continue }
            isOver = await onNews(news)
          }
        }
      } catch {
        failures += 1
        guard error.code == .unreachable, failures <= Self.reconnectionsMax else { throw error }
        try await pause(Self.reconnectionPause)
      }
    }
  }

  /// In a row, without an event between them.
  private static var reconnectionsMax: Int { 5 }
  private static var reconnectionPause: Duration { .seconds(1) }

  private static func events(
    in bytes: some Sequence<UInt8>, _ reader: inout ServerSentEventReader
  ) throws(ClientError) -> [ServerSentEvent] {
    do {
      return try reader.read(bytes)
    } catch {
      throw ClientError(.badAnswer, "The server's events cannot be read: \(error)")
    }
  }

  private static func news(_ event: ServerSentEvent) throws(ClientError) -> SessionNews? {
    do {
      return try SessionNews(event, limits: .answers)
    } catch {
      throw ClientError(
        .badAnswer, "An event \(event.name) is not what a Livy server says: \(error.message)")
    }
  }
}
