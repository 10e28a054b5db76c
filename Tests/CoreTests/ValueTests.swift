// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Testing

@Suite struct ValueTests {
  @Test(
    "A UUID is 32 lower-case hex digits",
    arguments: ["00000000000000000000000000000000", "0123456789abcdef0123456789abcdef"])
  func goodUUID(_ text: String) {
    #expect(SessionUUID(text)?.text == text)
  }

  @Test(
    "Anything else is none",
    arguments: [
      "", "0", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0",
      "0123456789ABCDEF0123456789abcdef", "0123456789abcdeg0123456789abcdef",
      "01234567-89ab-cdef-0123-456789abcdef", "0123456789abcdef0123456789abcde\n",
      "0123456789abcdef0123456789abcd\u{e9}", "../../../../../../../../etc/passwd",
      "0123456789abcdef/123456789abcdef", "0123456789abcdef:123456789abcdef",
      "0123456789abcdef`123456789abcdef",
    ])
  func badUUID(_ text: String) {
    #expect(SessionUUID(text) == nil)
  }

  /// Gives the numbers that it was given.
  struct Numbers: RandomNumberGenerator {
    var rest: [UInt64]
    mutating func next() -> UInt64 { rest.isEmpty ? 0 : rest.removeFirst() }
  }

  @Test("A random UUID can be read back, also when its halves begin with zeros")
  func randomUUID() {
    var small = Numbers(rest: [1, 0x10])
    #expect(SessionUUID(using: &small).text == "00000000000000010000000000000010")
    var system = SystemRandomNumberGenerator()
    let many = (0..<1_000).map { _ in SessionUUID(using: &system) }
    #expect(Set(many).count == 1_000)
    #expect(many.allSatisfy { SessionUUID($0.text) == $0 })
  }

  @Test(
    "Kinds have two names, case matters",
    arguments: [
      ("spark", StatementKind.spark), ("scala", .spark), ("pyspark", .pyspark),
      ("python", .pyspark), ("sparkr", .sparkr), ("r", .sparkr), ("sql", .sql),
    ])
  func kinds(_ name: String, _ kind: StatementKind) {
    #expect(StatementKind(name: name) == kind)
    #expect(SessionKind(name: name) == .one(kind))
    #expect(SessionKind(name: name)?.name == kind.rawValue)
  }

  @Test("Other names are no kinds", arguments: ["", "Spark", "pyspark3", "SQL", " sql", "R"])
  func noKinds(_ name: String) {
    #expect(StatementKind(name: name) == nil)
    #expect(SessionKind(name: name) == nil)
  }

  @Test("Shared is a kind of sessions, not of statements")
  func shared() {
    #expect(SessionKind(name: "shared") == .shared)
    #expect(SessionKind.shared.name == "shared")
    #expect(StatementKind(name: "shared") == nil)
  }

  @Test("States have Livy's names, and are active, finished, or neither")
  func states() {
    let names = SessionState.allCases.map(\.rawValue)
    #expect(
      names == [
        "not_started", "starting", "recovering", "idle", "running", "busy", "shutting_down",
        "error", "dead", "killed", "success",
      ])
    #expect(SessionState.allCases.filter(\.isActive) == [.idle, .running, .busy])
    #expect(SessionState.allCases.filter(\.isFinished) == [.error, .dead, .killed, .success])
  }

  @Test("References read as they were given, numbers order as numbers")
  func references() {
    #expect("\(SessionReference.id(SessionID(7)))" == "7")
    #expect("\(SessionReference.name("x y"))" == "x y")
    #expect(SessionID(9) < SessionID(10))
    #expect(StatementID(9) < StatementID(10))
  }

  @Test("An error tells its cause")
  func errors() {
    let cause = LivyError(.timedOut, "too late")
    #expect("\(LivyError(.store, "not saved"))" == "not saved")
    #expect("\(LivyError(.store, "not saved", cause: cause))" == "not saved (too late)")
    #expect("\(LivyError(.store, "came too late", cause: cause))" == "came too late")
    #expect("\(LivyError.Code.notActive)" == "notActive")
    #expect(
      "\(ApplicationExit.status(1)), \(ApplicationExit.signal(9))" == "exit status 1, signal 9")
  }

  @Test("A new statement waits")
  func newStatement() {
    let statement = Statement(id: StatementID(3), code: "1", kind: .sql)
    #expect(statement.state == .waiting)
    #expect(statement.output == nil)
    #expect(statement.progress == 0)
    #expect(OutputPart.plain("x") == OutputPart(mimeType: "text/plain", content: .text("x")))
  }

  @Test(
    "A place is cut to whole characters, wherever its cursor lies",
    arguments: [
      (-1, ""), (0, ""), (1, "a"), (2, "a"), (3, "a😀"), (4, "a😀e"), (5, "a😀e\u{301}"),
      (6, "a😀e\u{301}"), (Int.max, "a😀e\u{301}"), (Int.min, ""),
    ])
  func place(cursor: Int, prefix: String) {
    let found = "a😀e\u{301}".before(cursor: cursor)
    #expect(found.elementsEqual(prefix.unicodeScalars))
  }

  @Test(
    "A default file system is a URI with a path",
    arguments: [
      ("hdfs://nn:8020", "hdfs://nn:8020/a"), ("hdfs://nn/", "hdfs://nn/a"),
      ("hdfs:///", "hdfs:///a"), ("s3a://bucket/x", "s3a://bucket/a"), ("file:///", "/a"),
      ("FILE:/", "/a"),
    ])
  func defaultFileSystems(uri: String, place: String) {
    #expect(DefaultFileSystem(uri)?.qualified("/a") == place)
  }

  @Test(
    "Other texts are none",
    arguments: [
      "", "hdfs", "hdfs:", "hdfs:nn", "/a", "a/b:/c", ":/a", "hdfs://${nn}:8020", "hdfs://n n",
      "é:/",
    ])
  func noFileSystems(text: String) {
    #expect(DefaultFileSystem(text) == nil)
  }
}
