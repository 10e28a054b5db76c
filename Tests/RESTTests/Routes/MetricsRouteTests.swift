// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdTesting
import LivyAPI
import LivyCore
import LivyREST
import LivyServer
import RESTTestSupport
import Testing

@Suite("Routes of metrics")
struct MetricsRouteTests {
  @Test("The menu leads to the four others")
  func menu() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.get("/metrics")
      #expect(answer.status == 200)
      #expect(answer.headers[.contentType] == "text/html;charset=utf-8")
      for name in ["metrics", "ping", "threads", "healthcheck"] {
        #expect(answer.text.contains(#"href="/metrics/\#(name)""#))
        #expect(try await exchange.get("/metrics/\(name)").status == 200)
      }
    }
  }

  @Test("ping answers pong")
  func ping() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.get("/metrics/ping")
      #expect(answer.text == "pong\n")
      #expect(answer.headers[.contentType] == "text/plain;charset=utf-8")
      #expect(answer.headers[.cacheControl] == "no-store")
    }
  }

  @Test("threads has a line for each thread of this process")
  func threads() async throws {
    try await Exchange.run { exchange async throws in
      let lines = try await exchange.get("/metrics/threads").text.split(separator: "\n")
      #expect(lines.first == "thread\tstate\tcpu ticks\tname")
      #expect(lines.count > 1)
      #expect(lines.dropFirst().allSatisfy { Int($0.prefix { $0 != "\t" }) != nil })
    }
  }

  @Test("The figures have Dropwizard's parts, and count what happened")
  func figures() async throws {
    try await Exchange.run { exchange async throws in
      let session = try await exchange.readySession()
      for code in ["1", "2"] { _ = try await exchange.finishedStatement(code, in: session) }
      _ = try await exchange.get("/sessions/77")
      _ = try await exchange.get("/sessions/78")
      _ = try await exchange.get("/nowhere/at/all")
      let answer = try await exchange.get("/metrics/metrics")
      #expect(
        answer.names == ["version", "gauges", "counters", "histograms", "meters", "timers"])
      let gauges = answer.json["gauges"]
      func gauge(_ name: String) -> Int64? { gauges?["livy.\(name)"]?["value"]?.integer }
      #expect(gauge("sessions.total") == 1)
      #expect(gauge("sessions.idle") == 1)
      #expect(gauge("sessions.dead") == 0)
      #expect(gauge("batches.total") == 0)
      #expect(gauge("statements.kept") == 2)
      #expect(gauge("statements.waiting") == 0)
      #expect(gauge("rest.requests.open") == 1, "this one")
      let meters = answer.json["meters"]
      #expect(meters?["livy.rest.answers.4xx"]?["count"]?.integer == 3)
      #expect((meters?["livy.rest.answers.2xx"]?["count"]?.integer ?? 0) >= 5)
      let timers = answer.json["timers"]
      let posts = timers?["livy.rest.requests.POST /sessions/{session}/statements"]
      #expect(posts?["count"]?.integer == 2)
      #expect(posts?["rate_units"] == .string("calls/second"))
      for name in ["max", "mean", "min", "p50", "p75", "p95", "p98", "p99", "p999", "stddev"] {
        guard case .number? = posts?[name] else {
          Issue.record("no \(name)")
          continue
        }
      }
      #expect(timers?["livy.rest.requests.NotFound"]?["count"]?.integer == 1)
      let bytes = answer.json["histograms"]?["livy.rest.answer.bytes"]
      #expect((bytes?["count"]?.integer ?? 0) > 5)
    }
  }

  @Test("Statements that wait and run are counted apart")
  func statements() async throws {
    let spark = ScriptedSpark()
    try await Exchange.run(ServerUnderTest(spark: spark)) { exchange async throws in
      try await exchange.readySession()
      for _ in 0..<3 { _ = try await exchange.post("/sessions/0/statements", #"{"code":"hold"}"#) }
      let isCounted = try await eventually {
        let gauges = try await exchange.get("/metrics/metrics").json["gauges"]
        return gauges?["livy.statements.running"]?["value"]?.integer == 1
          && gauges?["livy.statements.waiting"]?["value"]?.integer == 2
          && gauges?["livy.sessions.busy"]?["value"]?.integer == 1
      }
      #expect(isCounted)
      spark.release.open()
    }
  }

  @Test("What the link to the drivers counted is there")
  func link() async throws {
    var link = LinkMetrics()
    link.connectionsOpen = 3
    link.handshakesFailed = ["untrusted": 4]
    link.callsMade.begun = 9
    link.callsMade.failed = ["deadlineExceeded": 2]
    link.bytesSent = .max
    link.loopDelays = [.init(atMost: .milliseconds(1), count: 5), .init(atMost: nil, count: 6)]
    let server = ServerUnderTest()
    let rest = RESTServer(
      directory: server.directory, batches: server.batches, settings: server.settings,
      logger: server.logger, link: { [link] in link })
    try await rest.application().test(.router) { client in
      let json = try await Exchange(client: client, server: server).get("/metrics/metrics").json
      func count(_ name: String) -> Int64? {
        json["counters"]?["livy.rpc.\(name)"]?["count"]?.integer
      }
      #expect(json["gauges"]?["livy.rpc.connections.open"]?["value"]?.integer == 3)
      #expect(count("handshakes.failed.untrusted") == 4)
      #expect(count("calls.made.begun") == 9)
      #expect(count("calls.made.failed.deadlineExceeded") == 2)
      #expect(count("bytes.sent") == .max, "saturates")
      #expect(count("loop.delays.0.001s") == 5)
      #expect(count("loop.delays.more") == 6)
    }
    await server.shutDown()
  }

  @Test("Health is tried: all is well")
  func healthy() async throws {
    try await Exchange.run { exchange async throws in
      let answer = try await exchange.get("/metrics/healthcheck")
      #expect(answer.status == 200)
      #expect(answer.text == #"{"sessions":{"healthy":true},"store":{"healthy":true}}"#)
    }
  }

  @Test("Health is tried: a server that is full, or stops, says so")
  func unhealthy() async throws {
    var sessions = SessionSettings()
    sessions.sessionsMax = 1
    try await Exchange.run(ServerUnderTest(sessions: sessions)) { exchange async throws in
      _ = try await exchange.post("/sessions", "{}")
      let full = try await exchange.get("/metrics/healthcheck")
      #expect(full.status == 500)
      #expect(full.json["sessions"]?["healthy"] == .bool(false))
      #expect(full.json["sessions"]?["message"]?.text?.contains("the limit") == true)
      #expect(full.json["store"]?["healthy"] == .bool(true))
      await exchange.server.shutDown()
      let stopping = try await exchange.get("/metrics/healthcheck")
      #expect(stopping.json["sessions"]?["message"]?.text?.contains("stopping") == true)
    }
  }
}
