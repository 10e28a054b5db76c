// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J
internal import TestSupport
internal import Testing
internal import Transport

struct GatewayTests {
  /// A gateway of its own for each test, on a loop that ends with it.
  private func withGateway(
    secret: String = "secret", limits: Py4JLimits = Py4JLimits(),
    options: MemoryStream.Options = MemoryStream.Options(),
    script: @escaping ScriptedGateway.Script,
    _ body: (Gateway, ScriptedGateway) async throws -> Void
  ) async throws {
    let loop = try EventLoop.start(name: "gateway")
    let scripted = ScriptedGateway(on: loop, options: options, script: script)
    let gateway = Gateway(loop: loop, secret: secret, limits: limits) {
      await scripted.dial()
    }
    do {
      try await body(gateway, scripted)
      await loop.stop()
    } catch {
      await loop.stop()
      throw error
    }
  }

  /// Answers as a tiny JVM: `length` of a text, an object, its release, an exception.
  private static let tinyJVM: ScriptedGateway.Script = { command in
    switch command {
    case ["c", "z:Math", "abs", "i-5"]: "!yi5"
    case ["c", "z:Maker", "make"]: "!yro1"
    case ["c", "o1", "fail"]: "!xro2"
    case ["c", "o2", "getClass"]: "!yro3"
    case ["c", "o3", "getName"]: "!ysa.B"
    case ["c", "o2", "getMessage"]: "!ysfirst\\nsecond"
    case ["p", "ro2"]: "!ysa.B: first\\nsecond\\n\tat a.B.c(B.java:1)"
    case _ where command.starts(with: ["m", "d"]): "!yv"
    case ["c", "z:Thread", "sleep"]: nil
    default: "!xsno such thing"
    }
  }

  @Test(
    "Calls are answered, wherever the bytes are cut", arguments: [1, 2, 3, 7, 1_000])
  func calls(chunk: Int) async throws {
    var options = MemoryStream.Options()
    options.chunks = .every(chunk)
    try await withGateway(options: options, script: Self.tinyJVM) { gateway, _ in
      let connection = try await gateway.open()
      let value = try await connection.perform(
        .call(.type("Math"), method: "abs", arguments: [.int(-5)]))
      #expect(value == .int(5))
    }
  }

  @Test("A wrong secret is refused with the gateway's words")
  func wrongSecret() async throws {
    try await withGateway(secret: "wrong", script: Self.tinyJVM) { gateway, _ in
      let error = await #expect(throws: Py4JError.self) { try await gateway.open() }
      #expect(error?.code == .refused)
      #expect(error?.message.contains("unexpected secret") == true)
    }
  }

  @Test("A gateway that never answers the secret is given up")
  func silentGateway() async throws {
    let loop = try EventLoop.start(name: "silent")
    var limits = Py4JLimits()
    limits.openTimeout = .milliseconds(20)
    let gateway = Gateway(loop: loop, secret: "s", limits: limits) {
      MemoryStream.connections(on: loop).near
    }
    let error = await #expect(throws: Py4JError.self) { try await gateway.open() }
    #expect(error?.code == .refused)
    await loop.stop()
  }

  @Test("A refused connection says so")
  func nobodyThere() async throws {
    let loop = try EventLoop.start(name: "nobody")
    let gateway = Gateway(loop: loop, secret: "s") { () throws(TransportError) in
      throw TransportError(.refused, "connect to 127.0.0.1:1")
    }
    let error = await #expect(throws: Py4JError.self) { try await gateway.open() }
    #expect(error?.code == .refused)
    await loop.stop()
  }

  @Test("Java's exception comes with class, message and trace, and nothing stays behind")
  func exception() async throws {
    try await withGateway(script: Self.tinyJVM) { gateway, scripted in
      let connection = try await gateway.open()
      let error = await #expect(throws: Py4JError.self) {
        try await connection.scope { (java) throws(Py4JError) in
          let object = try await java.callStatic("Maker", "make").asReference()
          return try await java.call(object, "fail")
        }
      }
      #expect(
        error?.exception
          == JavaException(
            className: "a.B", message: "first\nsecond",
            stackTrace: "a.B: first\nsecond\n\tat a.B.c(B.java:1)"))
      #expect(error?.exception?.frames == ["a.B.c(B.java:1)"])
      #expect(error?.message == "first\nsecond")
      let released = scripted.commands.filter { $0.first == "m" }.compactMap(\.last)
      #expect(released.sorted() == ["o1", "o2", "o3"])
    }
  }

  @Test("A throwable that throws when it is asked is reported all the same")
  func hostileException() async throws {
    let script: ScriptedGateway.Script = { $0.first == "m" ? "!yv" : "!xro2" }
    try await withGateway(script: script) { gateway, _ in
      let connection = try await gateway.open()
      let error = await #expect(throws: Py4JError.self) {
        try await connection.perform(.call(.type("C"), method: "m", arguments: []))
      }
      #expect(
        error?.exception
          == JavaException(className: "java.lang.Throwable", message: nil, stackTrace: ""))
    }
  }

  @Test("An object that is kept outlives its scope")
  func keep() async throws {
    try await withGateway(script: Self.tinyJVM) { gateway, scripted in
      let connection = try await gateway.open()
      let object = try await connection.scope { (java) throws(Py4JError) in
        java.keep(try await java.callStatic("Maker", "make").asReference())
      }
      #expect(object == JavaReference(id: "o1"))
      #expect(!scripted.commands.contains { $0.first == "m" })
      try await connection.release(object)
      #expect(scripted.commands.last == ["m", "d", "o1"])
    }
  }

  @Test("Calls of many tasks each get their own answer")
  func manyTasks() async throws {
    let echo: ScriptedGateway.Script = { "!ys\($0.last?.dropFirst() ?? "")" }
    try await withGateway(script: echo) { gateway, _ in
      let connection = try await gateway.open()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<100 {
          group.addTask {
            let answer = try await connection.perform(
              .call(.type("C"), method: "m", arguments: [.text("\(number)")]))
            #expect(answer == .text("\(number)"))
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("A lost connection fails the call that waits, and every later one")
  func lostConnection() async throws {
    try await withGateway(script: Self.tinyJVM) { gateway, scripted in
      let connection = try await gateway.open()
      async let sleeping = connection.perform(
        .call(.type("Thread"), method: "sleep", arguments: []))
      #expect(await eventually { scripted.commands.count == 1 })
      async let end: Void = connection.waitForEnd()
      await scripted.die()
      do {
        _ = try await sleeping
        Issue.record("the call was answered")
      } catch {
        #expect((error as? Py4JError)?.code == .connectionLost)
      }
      await end
      let late = await #expect(throws: Py4JError.self) {
        try await connection.perform(.release(JavaReference(id: "o1")))
      }
      #expect(late?.code == .connectionLost)
      await connection.waitForEnd()
    }
  }

  @Test("The wait for the end can be cancelled")
  func cancelledWait() async throws {
    try await withGateway(script: Self.tinyJVM) { gateway, _ in
      let connection = try await gateway.open()
      let waiting = Task { await connection.waitForEnd() }
      waiting.cancel()
      await waiting.value
    }
  }

  @Test("An answer above the limit fails its call only")
  func longAnswer() async throws {
    var limits = Py4JLimits()
    limits.replyBytesMax = 100
    let script: ScriptedGateway.Script = { command in
      command.contains("long") ? "!ys" + String(repeating: "x", count: 200) : "!yi1"
    }
    try await withGateway(limits: limits, script: script) { gateway, _ in
      let connection = try await gateway.open()
      let error = await #expect(throws: Py4JError.self) {
        try await connection.perform(.call(.type("C"), method: "long", arguments: []))
      }
      #expect(error?.code == .limit)
      let next = try await connection.perform(.call(.type("C"), method: "short", arguments: []))
      #expect(next == .int(1))
    }
  }

  @Test("Too many calls at once: the last one fails, the others go on")
  func tooManyCalls() async throws {
    var limits = Py4JLimits()
    limits.waitingCallsMax = 1
    try await withGateway(limits: limits, script: Self.tinyJVM) { gateway, scripted in
      let connection = try await gateway.open()
      let sleeping = Task {
        try await connection.perform(.call(.type("Thread"), method: "sleep", arguments: []))
      }
      #expect(await eventually { scripted.commands.count == 1 })
      let error = await #expect(throws: Py4JError.self) {
        try await connection.perform(.call(.type("Math"), method: "abs", arguments: [.int(-5)]))
      }
      #expect(error?.code == .limit)
      await connection.close()
      let result = await sleeping.result
      #expect(throws: Py4JError.self) { try result.get() }
    }
  }

  @Test(
    "A peer that does not speak Py4J is cut off", arguments: ["HTTP/1.1 400", "", "!yi1\n!yi2"])
  func notPy4J(answer: String) async throws {
    let script: ScriptedGateway.Script = { _ in answer }
    try await withGateway(script: script) { gateway, _ in
      let connection = try await gateway.open()
      _ = try? await connection.perform(.call(.type("C"), method: "m", arguments: []))
      await connection.waitForEnd()
      let error = await #expect(throws: Py4JError.self) {
        try await connection.perform(.call(.type("C"), method: "m", arguments: []))
      }
      #expect(error?.code == .connectionLost)
    }
  }

  @Test("A name is resolved by the JVM, to all its addresses")
  func addresses() async throws {
    let script: ScriptedGateway.Script = { command in
      switch command {
      case ["c", "z:java.net.InetAddress", "getAllByName", "shost"]: "!yto1"
      case ["a", "e", "o1"]: "!yi2"
      case ["a", "g", "o1", "i0"]: "!yro2"
      case ["a", "g", "o1", "i1"]: "!yro3"
      case ["c", "o2", "getHostAddress"]: "!ys10.0.0.1"
      case ["c", "o3", "getHostAddress"]: "!ysfe80:0:0:0:0:0:0:1"
      default: "!yv"
      }
    }
    try await withGateway(script: script) { gateway, _ in
      let connection = try await gateway.open()
      #expect(try await connection.addresses(of: "host") == ["10.0.0.1", "fe80:0:0:0:0:0:0:1"])
    }
  }
}
