// SPDX-License-Identifier: Apache-2.0

import Livy
import LivyAPI
import LivyCore
import RESTTestSupport
import Synchronization
import Testing

@Suite("The Swift client")
struct ClientTests {
  /// Runs `body` against a server that listens, and ends all its sessions.
  private func withServer(
    _ spark: ScriptedSpark = ScriptedSpark(),
    _ body: @escaping @Sendable (LivyClient) async throws -> Void
  ) async throws {
    let server = ServerUnderTest(spark: spark)
    do {
      try await server.listening { url in try await body(LivyClient(url)) }
    } catch {
      await server.shutDown()
      throw error
    }
    await server.shutDown()
  }

  @Test("A session from its start to its end, with phases and progress seen")
  func wholeSession() async throws {
    try await withServer { livy in
      let seen = Mutex<[Session.State]>([])
      let statement = try await livy.withSession(
        CreateSession(kind: "pyspark"),
        onChange: { phases in seen.withLock { $0.append(phases.state) } }
      ) { session in
        #expect(session.state.isReady)
        return try await livy.run("1+1", in: .id(session.id))
      }
      #expect(
        statement.output
          == .ok(
            executionCount: 0,
            MIMEBundle(parts: [.init(type: "text/plain", content: .text("ran 1+1"))])))
      #expect(seen.withLock { $0.last?.isReady } == true)
      let left = try await livy.sessions().total
      #expect(left == 0)
    }
  }

  @Test("What a statement prints is heard while it runs; a session is followed to its end")
  func events() async throws {
    let spark = ScriptedSpark()
    try await withServer(spark) { livy in
      let session = try await livy.createSession(CreateSession(kind: "pyspark"))
      let reference = SessionReference.id(session.id)
      _ = try await livy.waitUntilReady(reference)
      let printed = Mutex("")
      async let news = Self.news(of: reference, livy)
      let statement = try await livy.run(
        "print hello", in: reference,
        onOutput: { offset, text in
          #expect(offset == 0)
          printed.withLock { $0 += text }
          // Only now may it end.
          spark.release.open()
        })
      #expect(statement.state == .available)
      #expect(printed.withLock { $0 } == "hello")
      try await livy.deleteSession(reference)
      guard case .session(_, let state)? = try await news.last else {
        Issue.record("it did not end with a state")
        return
      }
      #expect(state.isFinished)
      await #expect(throws: ClientError.self) {
        try await livy.follow(.id(99)) { _ in }
      }
    }
  }

  private static func news(
    of reference: Livy.SessionReference, _ livy: LivyClient
  ) async throws -> [SessionNews] {
    var all: [SessionNews] = []
    try await livy.follow(reference) { all.append($0) }
    return all
  }

  @Test("A result keeps every digit on its whole way")
  func digits() async throws {
    try await withServer { livy in
      let document = #"{"data":[[12345678901234567890.10]]}"#
      let statement = try await livy.withSession(CreateSession(kind: "sql")) { session in
        try await livy.run("json \(document)", in: .id(session.id))
      }
      guard case .ok(_, let bundle)? = statement.output else {
        Issue.record("no result")
        return
      }
      #expect(bundle["application/json"] == .json(try JSONText(checking: document)))
    }
  }

  @Test("A failed statement is returned, not thrown")
  func failedStatement() async throws {
    try await withServer { livy in
      let statement = try await livy.withSession(CreateSession(kind: "pyspark")) { session in
        try await livy.run("raise", in: .id(session.id))
      }
      guard case .error(_, let error)? = statement.output else {
        Issue.record("no error")
        return
      }
      #expect(error.name == "NameError")
      #expect(error.description == "NameError: name 'x' is not defined")
    }
  }

  @Test("A refusal carries the server's words and status")
  func refusals() async throws {
    try await withServer { livy in
      let missing = await #expect(throws: ClientError.self) { try await livy.session("no such") }
      #expect(missing?.code == .refused)
      #expect(missing?.isNotFound == true)
      #expect(missing?.message == "Session 'no such' not found.")
      let kind = await #expect(throws: ClientError.self) {
        try await livy.createSession(CreateSession(kind: "cobol"))
      }
      #expect(kind?.status == 400)
      #expect(kind?.message.hasPrefix("Invalid kind: cobol") == true)
    }
  }

  @Test("A session that cannot start is an error with the reason, and is ended")
  func failedStart() async throws {
    var spark = ScriptedSpark()
    spark.failure = LivyError(.launchFailed, "the driver said no")
    try await withServer(spark) { livy in
      let error = await #expect(throws: ClientError.self) {
        try await livy.withSession(CreateSession()) { _ in }
      }
      #expect(error?.code == .sessionFailed)
      #expect(error?.message.contains("the driver said no") == true)
      #expect(error?.log.isEmpty == false)
      let left = try await livy.sessions().total
      #expect(left == 0)
    }
  }

  @Test("A start that takes too long is an error, and the session is ended")
  func slowStart() async throws {
    var spark = ScriptedSpark()
    spark.arrival = Latch()
    try await withServer(spark) { livy in
      let error = await #expect(throws: ClientError.self) {
        try await livy.withSession(CreateSession(), startWithin: .milliseconds(50)) { _ in }
      }
      #expect(error?.code == .sessionFailed)
      #expect(error?.message.contains("did not start within 0.05 s") == true)
      let left = try await livy.sessions().total
      #expect(left == 0)
    }
  }

  @Test("A cancelled caller leaves no session")
  func cancellation() async throws {
    let spark = ScriptedSpark()
    try await withServer(spark) { livy in
      let caller = Task {
        try await livy.withSession(CreateSession(kind: "pyspark")) { session in
          try await livy.run("hold", in: .id(session.id))
        }
      }
      let isBusy = try await eventually {
        try await livy.sessions().sessions.first?.state == .busy
      }
      #expect(isBusy)
      caller.cancel()
      let error = await #expect(throws: ClientError.self) { try await caller.value }
      #expect(error?.code == .cancelled)
      let left = try await livy.sessions().total
      #expect(left == 0)
      spark.release.open()
    }
  }

  @Test("A running statement is cancelled, and the one who waits for it sees its end")
  func cancel() async throws {
    try await withServer { livy in
      try await livy.withSession(CreateSession(kind: "pyspark")) { session in
        let reference = SessionReference.id(session.id)
        let caller = Task { try await livy.run("hold", in: reference) }
        let runs = try await eventually {
          try await livy.statements(of: reference).statements.first?.state == .running
        }
        #expect(runs)
        try await livy.cancel(statement: 0, of: reference)
        let statement = try await caller.value
        #expect(statement.state == .cancelled)
        #expect(statement.progress == 1)
        try await livy.cancel(statement: 0, of: reference)
        let error = await #expect(throws: ClientError.self) {
          try await livy.cancel(statement: 0, of: .name("nobody"))
        }
        #expect(error?.isNotFound == true)
      }
    }
  }

  @Test("Nobody there is an error that says where")
  func unreachable() async throws {
    // Port 1 on loopback: nothing listens there.
    let livy = try LivyClient("http://127.0.0.1:1/")
    let error = await #expect(throws: ClientError.self) { try await livy.version() }
    #expect(error?.code == .unreachable)
    #expect(error?.message == "Cannot reach http://127.0.0.1:1: connection refused")
  }

  @Test(
    "Addresses that are none are refused at once",
    arguments: [
      "", "127.0.0.1:8998", "ftp://h", "http://", "http:///x", "http://h/?q", "http://a b",
    ])
  func badAddresses(url: String) {
    let error = #expect(throws: ClientError.self) { try LivyClient(url) }
    #expect(error?.code == .badURL)
  }

  @Test("Logs and statements can be paged")
  func pages() async throws {
    try await withServer { livy in
      try await livy.withSession(CreateSession(kind: "sql")) { session in
        let reference = SessionReference.id(session.id)
        for code in ["a", "b"] { _ = try await livy.run(code, in: reference) }
        #expect(try await livy.statements(of: reference, from: 1).statements.map(\.code) == ["b"])
        #expect(try await livy.log(of: reference, from: 0, size: 1).log == ["stdout: "])
        #expect(try await livy.version().version == "0.9.0-incubating")
      }
    }
  }
}
