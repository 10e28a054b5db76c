// SPDX-License-Identifier: Apache-2.0

import Livy
import TestSupport
import Testing
import Transport

extension Integration {
  /// Each start here fails in its own way, and each must tell why and leave nothing.
  @Suite("Starts that fail")
  struct StartFailureTests {}
}

// MARK: spark-submit

extension Integration.StartFailureTests {
  /// What stands in the place of spark-submit, and how the session ends by it.
  struct Submit: CustomTestStringConvertible, Sendable {
    var testDescription: String
    /// Nil: there is no file.
    var script: String?
    var isExecutable = true
    var state: Session.State
    var reason: [String]
  }

  static let submits = [
    Submit(
      testDescription: "exits with an error",
      script: """
        for line in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "complaint $line" >&2; done
        setsid sleep 7777 &
        echo 'no such master: moon' >&2
        exit 3
        """,
      state: .dead,
      reason: [
        "spark-submit ended with exit status 3 before the driver was ready, in phase submitting",
        "Last log lines:", "complaint 12", "no such master: moon",
      ]),
    Submit(
      testDescription: "exits 0 too early, and leaves deaf processes",
      script: """
        (trap '' TERM HUP; exec setsid sleep 7777) &
        echo 'submitted, all is well'
        exit 0
        """,
      state: .dead,
      reason: ["spark-submit ended with exit status 0", "submitted, all is well"]),
    Submit(
      testDescription: "is killed", script: "echo 'so far' >&2; kill -9 $$", state: .dead,
      reason: ["spark-submit ended with signal 9", "so far"]),
    Submit(
      testDescription: "never ends, and is deaf",
      script: """
        trap '' TERM HUP
        echo 'waiting for the moon' >&2
        setsid sh -c 'setsid sleep 7777 & sleep 7777' &
        while true; do sleep 7777; done
        """,
      state: .error,
      reason: [
        "spark-submit runs, but no driver called the server within 3.0 seconds",
        "waiting for the moon",
      ]),
    Submit(
      testDescription: "is missing", script: nil, state: .error,
      reason: ["no executable spark-submit at", "SPARK_HOME"]),
    Submit(
      testDescription: "must not be run", script: "exit 0", isExecutable: false, state: .error,
      reason: ["no executable spark-submit at"]),
  ]

  @Test("spark-submit ends, or does not: the session tells it", arguments: submits)
  func submit(_ submit: Submit) async throws {
    let folder = try ServerFolder()
    if let script = submit.script {
      try folder.write(
        "#!/bin/sh\n\(script)\n", to: "spark/bin/spark-submit",
        mode: submit.isExecutable ? 0o755 : 0o644)
    }
    let settings = [
      "livy.server.spark-home": folder.path + "/spark",
      "livy.rsc.server.connect.timeout": "3s",
      "livy.server.session.max-creation": "1",
    ]
    try await ServerProcess.running(settings, in: folder) { server in
      // Twice: a start that failed has given its place free.
      for _ in 1...2 {
        let session = try await server.startingSession()
        let failed = FailedStart(
          state: submit.state, phases: ["submitting"], reason: submit.reason)
        try await failed.expect(of: session)
        let reason = try await server.client.phases(of: session.reference).reason ?? ""
        #expect(!reason.contains("complaint 1\n"), "more than the last lines: \(reason)")
        try await server.client.deleteSession(session.reference)
      }
      #expect(try await server.client.sessions().total == 0)
      #expect(await server.stop() == .exited(0))
    }
  }

  @Test("What a failed start told outlives the server")
  func remembered() async throws {
    let folder = try ServerFolder()
    try folder.write(
      "#!/bin/sh\necho 'no such master: moon' >&2; exit 3\n", to: "spark/bin/spark-submit",
      mode: 0o755)
    let settings = ["livy.server.spark-home": folder.path + "/spark"]
    let reference = try await ServerProcess.running(settings, in: folder) { server in
      let session = try await server.startingSession()
      try await session.eventually(.dead)
      await server.expectNoSessionProcess()
      #expect(await server.stop() == .exited(0))
      return session.reference
    }
    try await ServerProcess.running(settings, in: folder) { server in
      let told = try await server.client.phases(of: reference)
      #expect(told.state == .dead)
      let reason = try #require(told.reason)
      #expect(reason.contains("spark-submit ended with exit status 3"), "\(reason)")
      #expect(reason.contains("no such master: moon"), "\(reason)")
    }
  }
}

// MARK: The driver

extension Integration.StartFailureTests {
  @Test("A driver that runs but never calls is ended with all that it started")
  func silentDriver() async throws {
    let folder = try ServerFolder()
    let driver = try folder.write(
      """
      #!/bin/sh
      trap '' TERM
      echo 'nobody to call' >&2
      setsid sleep 7777 &
      while true; do sleep 7777; done

      """, to: "silent-driver", mode: 0o755)
    let settings = ["livy.server.driver": driver, "livy.rsc.server.connect.timeout": "20s"]
    try await ServerProcess.running(settings, in: folder) { server in
      let session = try await server.startingSession()
      #expect(await eventually { server.sessionProcesses(named: "sleep").count >= 2 })
      let failed = FailedStart(
        state: .error, phases: ["submitting"],
        reason: ["no driver called the server within 20.0 seconds", "nobody to call"])
      try await failed.expect(of: session)
    }
  }

  @Test("A driver that ends before it called ends spark-submit with its status", arguments: [0, 5])
  func earlyDriver(status: Int) async throws {
    let folder = try ServerFolder()
    let driver = try folder.write(
      "#!/bin/sh\necho 'no place to live' >&2\nexit \(status)\n", to: "early-driver", mode: 0o755)
    try await ServerProcess.running(["livy.server.driver": driver], in: folder) { server in
      let session = try await server.startingSession()
      let failed = FailedStart(
        state: .dead, phases: ["submitting"],
        reason: ["spark-submit ended with exit status \(status)", "no place to live"])
      try await failed.expect(of: session)
    }
  }

  @Test("Without a driver's file the session tells its path")
  func noDriver() async throws {
    let settings = ["livy.server.driver": "/no/such/livy-driver"]
    try await ServerProcess.running(settings) { server in
      let session = try await server.startingSession()
      let failed = FailedStart(
        state: .error, phases: ["submitting"],
        reason: ["no executable livy-driver at /no/such/livy-driver"])
      try await failed.expect(of: session)
    }
  }

  @Test("Connect-back: a driver outside of the allowed networks is not dialled")
  func foreignDriver() async throws {
    var settings = Channel.connectBack.setting
    settings["livy.rpc.connect-back.networks"] = "10.99.0.0/16"
    try await ServerProcess.running(settings) { server in
      let session = try await server.startingSession()
      let failed = FailedStart(
        state: .error, phases: ["submitting", "accepted"],
        reason: ["livy.rpc.connect-back.networks"])
      try await failed.expect(of: session)
    }
  }

  @Test("Connect-back: a driver that cannot listen where it is told says so")
  func unlistenable() async throws {
    var settings = Channel.connectBack.setting
    settings["livy.rsc.rpc.server.address"] = "203.0.113.1"
    try await ServerProcess.running(settings) { server in
      let session = try await server.startingSession()
      let failed = FailedStart(
        state: .error, phases: ["submitting", "accepted"], reason: ["203.0.113.1"])
      try await failed.expect(of: session)
    }
  }
}

// MARK: The ping

extension Integration.StartFailureTests {
  /// Conf with which the driver comes and the first job does not.
  enum BrokenSpark: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case context = "the SparkContext cannot be made"
    case job = "the job fails"
    case interpreter = "the session's own interpreter cannot start"
    case endless = "the job takes too long"

    var testDescription: String { rawValue }

    var conf: [String: String] {
      switch self {
      case .context: ["spark.driver.bindAddress": "203.0.113.1"]
      case .job: ["spark.driver.maxResultSize": "1"]
      case .interpreter: ["spark.pyspark.python": "/no/such/python"]
      case .endless: [:]
      }
    }

    var reason: [String] {
      switch self {
      case .context: ["Spark did not start: java.net.BindException"]
      case .job: ["Spark did not run the ping's job", "Job aborted due to stage failure"]
      case .interpreter: ["the interpreter did not start", "/no/such/python"]
      case .endless: ["The driver was connected, but no job of it came back within 0.2 seconds"]
      }
    }
  }

  @Test(
    "A ping that fails ends the session in error, with Spark's reason",
    arguments: BrokenSpark.allCases, Channel.allCases)
  func ping(broken: BrokenSpark, channel: Channel) async throws {
    var settings = channel.setting
    // No SparkContext comes up in that time.
    if broken == .endless { settings["livy.rsc.ping.timeout"] = "200ms" }
    try await ServerProcess.running(settings) { server in
      var request = CreateSession(kind: "pyspark")
      request.conf = broken.conf
      let session = try await server.startingSession(request)
      let failed = FailedStart(
        state: .error, phases: ["submitting", "accepted", "connected"], reason: broken.reason)
      try await failed.expect(of: session)
    }
  }
}
