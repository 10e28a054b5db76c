// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdTesting
import LivyREST
import RESTTestSupport
import Synchronization
import Testing

@Suite("Records of requests")
struct RequestRecordTests {
  /// What the server noted, in order.
  private final class Notes: Sendable {
    private let records = Mutex<[RequestRecord]>([])

    func add(_ record: RequestRecord) { records.withLock { $0.append(record) } }
    var all: [RequestRecord] { records.withLock { $0 } }
  }

  private static func settings(_ notes: Notes) -> RESTSettings {
    var settings = RESTSettings()
    settings.requestLog = { notes.add($0) }
    return settings
  }

  @Test("Each answer is noted once: with its client, its status and its body's bytes")
  func answers() async throws {
    let notes = Notes()
    let server = ServerUnderTest(settings: Self.settings(notes))
    try await Exchange.run(server, via: .live) { exchange async throws in
      let version = try await exchange.get("/version")
      let absent = try await exchange.get("/sessions/77?x=1")
      let head = try await exchange.send(.head, "/version")
      let session = try await exchange.post("/sessions", "{}")
      #expect([version, absent, head, session].map(\.status) == [200, 404, 200, 201])
      let noted = notes.all
      #expect(noted.map(\.method) == ["GET", "GET", "HEAD", "POST"])
      #expect(noted.map(\.path) == ["/version", "/sessions/77?x=1", "/version", "/sessions"])
      #expect(noted.map(\.status) == [200, 404, 200, 201])
      #expect(
        noted.map(\.bytes)
          == [version.text.utf8.count, absent.text.utf8.count, 0, session.text.utf8.count])
      #expect(noted.allSatisfy { $0.client == "127.0.0.1" || $0.client == "::1" })
      #expect(noted.allSatisfy { $0.time > 1_700_000_000 })
    }
  }

  @Test("Of requests that come together each is noted with its own answer; 100 Continue is none")
  func pipeline() async throws {
    let notes = Notes()
    let server = ServerUnderTest(settings: Self.settings(notes))
    try await server.listening { url in
      let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
      let connection = try #require(RawConnection(port: port))
      await connection.send(
        "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
          + "GET /sessions/5 HTTP/1.1\r\nHost: localhost\r\n\r\n"
          + "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n"
          + "POST /batches HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
          + "Expect: 100-continue\r\n\r\n{}")
      _ = await connection.read(until: "File is required")
      #expect(notes.all.map(\.path).prefix(3) == ["/nothing", "/sessions/5", "/version"])
      #expect(notes.all.map(\.status).prefix(3) == [404, 404, 200])
      #expect(notes.all.allSatisfy { $0.status != 100 })
    }
    await server.shutDown()
    #expect(notes.all.map(\.status) == [404, 404, 200, 400])
  }
}
