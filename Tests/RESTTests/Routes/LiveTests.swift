// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdTesting
import LivyAPI
import LivyCore
import LivyREST
import RESTTestSupport
import ServiceLifecycle
import Testing

@Suite("The REST port")
struct LiveTests {
  @Test("A whole session over a real socket")
  func session() async throws {
    try await Exchange.run(via: .live) { exchange async throws in
      let id = try await exchange.readySession()
      let statement = try await exchange.finishedStatement("1+1", in: id)
      #expect(statement["output"]?["data"]?["text/plain"] == .string("ran 1+1"))
      #expect(try await exchange.send(.delete, "/sessions/\(id)").isMessage(200, "deleted"))
    }
  }

  @Test("A client that waits for 100 Continue is told to go on, then answered")
  func expectContinue() async throws {
    try await raw { connection in
      await connection.send(
        "POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
          + "Expect: 100-continue\r\n\r\n")
      #expect(await connection.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      await connection.send("{}")
      #expect(await connection.read(until: "queue").hasPrefix("HTTP/1.1 201 Created\r\n"))
    }
  }

  @Test(
    "Requests that are no HTTP, or smuggle a second one, are refused, and the server lives on",
    arguments: [
      "\u{16}\u{3}\u{1} hello TLS\r\n\r\n",
      "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
      "GET /version HTTP/1.1\r\nHost: localhost\r\nBad Header\r\n\r\n",
      "POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
        + "Content-Length: 3\r\n\r\n{}",
      "POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{}",
      "GET /version HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 200_000))"
        + "\r\n\r\n",
    ])
  func notHTTP(request: String) async throws {
    try await raw { connection in
      await connection.send(request)
      let answer = await connection.read(until: "\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 4") || answer.isEmpty, "\(answer)")
      #expect(!answer.contains("0.9.0-incubating"))
    }
  }

  @Test("Paths with odd parts find no other route")
  func oddPaths() async throws {
    try await raw { connection in
      for path in ["//", "/./version/x", "/sessions/../sessions/0", "/version%2f", "/%2e%2e/x"] {
        await connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let answer = await connection.read(until: "\r\n\r\n")
        let status = answer.split(separator: " ").dropFirst().first
        #expect(status == "404" || status == "302", "\(path): \(answer)")
      }
    }
  }

  @Test("A graceful stop answers what was begun, then returns")
  func gracefulStop() async throws {
    let spark = ScriptedSpark()
    let server = ServerUnderTest(spark: spark)
    let (ports, told) = AsyncStream.makeStream(of: UInt16.self)
    var settings = server.settings
    settings.port = 0
    let rest = RESTServer(
      directory: server.directory, batches: server.batches, settings: settings,
      logger: server.logger,
      onListening: { told.yield($0) })
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: rest)], logger: server.logger))
    let running = Task { try await group.run() }
    let port = try #require(await ports.first { _ in true })
    do {
      let connection = try #require(RawConnection(port: port))
      await connection.send(
        "POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
          + "Expect: 100-continue\r\n\r\n")
      _ = await connection.read(until: "\r\n\r\n")
      await group.triggerGracefulShutdown()
      await connection.send("{}")
      #expect(await connection.read(until: "queue").hasPrefix("HTTP/1.1 201 Created\r\n"))
    }
    // Whether the port is closed now cannot be asked: another test's server may have it already.
    try await running.value
    await server.shutDown()
  }

  /// Runs `body` with a connection to a server that listens; the server must still answer
  /// afterwards.
  private func raw(_ body: @escaping @Sendable (RawConnection) async -> Void) async throws {
    let server = ServerUnderTest()
    try await server.listening { url in
      let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
      guard let connection = RawConnection(port: port), let second = RawConnection(port: port)
      else {
        Issue.record("nobody listens on \(port)")
        return
      }
      await body(connection)
      await second.send("GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(await second.read(until: "revision").contains("0.9.0-incubating"))
    }
    await server.shutDown()
  }

  @Test("A port that is taken is an error that says so and what to do")
  func portTaken() async throws {
    let server = ServerUnderTest()
    try await server.listening { url in
      var settings = RESTSettings()
      settings.port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
      let second = ServerUnderTest(settings: settings)
      let error = await #expect(throws: LivyError.self) { try await second.server().run() }
      #expect(error?.code == .configuration)
      #expect(error?.message.contains("127.0.0.1:\(settings.port)") == true)
      #expect(error?.message.contains("something else listens there") == true)
    }
  }

  @Test("A host that is none of this machine is an error that says so")
  func foreignHost() async throws {
    var settings = RESTSettings()
    settings.host = "192.0.2.1"
    let error = await #expect(throws: LivyError.self) {
      try await ServerUnderTest(settings: settings).server().run()
    }
    #expect(error?.message.contains("no address of this machine") == true)
  }
}
