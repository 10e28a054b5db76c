// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyLaunch
import LivyREST
import LivyServer
import Testing

@testable import LivyCommand

@Suite("Settings of the server")
struct SettingsTests {
  static let surroundings = Surroundings(
    environment: ["SPARK_HOME": "/opt/spark", "LIVY_STATE_DIR": "/var/lib/livy"],
    program: "/usr/bin/livy", home: "/home/u")

  static func settings(
    flags: [SettingKey: String] = [:], environment: [String: String] = [:],
    file: [String: String] = [:]
  ) throws -> ServerSettings {
    let sources = SettingSources(
      flags: flags, environment: environment,
      files: [SettingFile(name: "livy.conf", values: file)])
    return try ServerSettings(sources, surroundings: surroundings)
  }

  @Test("Without any setting everything has a sane value")
  func defaults() throws {
    let settings = try Self.settings()
    #expect(settings.rest.host == "127.0.0.1")
    #expect(settings.rest.port == 8998)
    #expect(settings.launch.master == "local[*]")
    #expect(settings.launch.sparkHome == "/opt/spark")
    #expect(settings.launch.driverExecutable == "/usr/bin/livy-driver")
    #expect(settings.stateFolder == "/var/lib/livy")
    #expect(settings.sessions.driver.channel == .dialIn)
    #expect(settings.rpc.ports == 10_000...10_110)
    #expect(settings.sessions.stateRetain == .seconds(600))
    #expect(settings.sessions.startingMax == 100)
    #expect(settings.sessions.retainedStatements == 100)
    #expect(settings.sessions.sweepInterval == .seconds(60))
    #expect(settings.sessions.logLines == 200)
    #expect(settings.sessions.driver.sqlRowsMax == 1_000)
    #expect(settings.sessions.driver.cancelInterval == .milliseconds(100))
    #expect(settings.sessions.driver.cancelTimeMax == .seconds(30))
  }

  @Test("The keys of spark-blacklist.conf are those that requests may not set")
  func blacklist() throws {
    let sources = SettingSources(flags: [:], environment: [:], files: [])
    let settings = try ServerSettings(
      sources, surroundings: Self.surroundings, blacklist: ["spark.master"])
    #expect(settings.rest.requests.blacklist == ["spark.master"])
  }

  @Test("A session's own conf wins over the server's keys of the same name")
  func sessionConf() throws {
    let standard = try Self.settings().sessions
    let own = standard.overridden(by: ["livy.rsc.sql.num-rows": "7"])
    #expect(own.driver.sqlRowsMax == 7)
    #expect(standard.overridden(by: ["livy.rsc.sql.num-rows": "many"]).driver.sqlRowsMax == 1_000)
  }

  @Test("Sessions end after an hour without use, of age only if that is asked for")
  func expiry() throws {
    var expected = ExpirySettings()
    #expect(try Self.settings().sessions.expiry == expected)
    expected.ageMax = .seconds(8 * 3_600)
    #expect(
      try Self.settings(file: ["livy.server.session.ttl-check": "true"]).sessions.expiry
        == expected)
    expected.idleMax = nil
    expected.ageMax = .seconds(60)
    expected.busySessions = .end
    expected.heartbeatInterval = .seconds(5)
    let settings = try Self.settings(file: [
      "livy.server.session.timeout-check": "false", "livy.server.session.timeout": "5m",
      "livy.server.session.timeout-check.skip-busy": "false",
      "livy.server.session.ttl-check": "true", "livy.server.session.ttl": "1m",
      "livy.server.heartbeat-watchdog.interval": "5s",
      "livy.server.session.sweep-interval": "7s",
    ])
    #expect(settings.sessions.expiry == expected)
    #expect(settings.sessions.sweepInterval == .seconds(7))
  }

  @Test(
    "A server that looks without a pause, or never, is refused",
    arguments: [SettingKey.sweepInterval, .heartbeatInterval], ["0", "9ms", "25h", "-1"])
  func intervals(key: SettingKey, text: String) {
    let error = #expect(throws: LivyError.self) { try Self.settings(flags: [key: text]) }
    #expect(error?.message.contains(key.rawValue) == true)
  }

  @Test("Flags win over the environment, and the environment over the file")
  func precedence() throws {
    let file = ["livy.server.port": "1"]
    let environment = ["LIVY_SERVER_PORT": "2"]
    #expect(try Self.settings(file: file).rest.port == 1)
    #expect(try Self.settings(environment: environment, file: file).rest.port == 2)
    #expect(
      try Self.settings(flags: [.port: "3"], environment: environment, file: file).rest.port == 3)
  }

  @Test("Spark's folder comes from Livy's setting, then SPARK_HOME")
  func sparkHome() throws {
    let settings = try Self.settings(file: ["livy.server.spark-home": "/srv/spark"])
    #expect(settings.launch.sparkHome == "/srv/spark")
  }

  @Test(
    "A bad value is refused with its name, its place and what to write",
    arguments: [
      (SettingKey.port, "eighty"), (.port, "70000"), (.stateRetain, "10 weeks"),
      (.launcherPorts, "10000"), (.launcherPorts, "5~1"), (.channel, "both"),
      (.csrfProtection, "maybe"), (.sqlRows, "-1"), (.startingMax, "0"), (.rpcPort, "x"),
      (.connectBackNetworks, "10.0.0.0/8, here"),
    ])
  func badValue(key: SettingKey, text: String) {
    #expect {
      try Self.settings(file: [key.rawValue: text])
    } throws: { error in
      let message = "\(error)"
      return (error as? LivyError)?.code == .configuration && message.contains(key.rawValue)
        && message.contains("write")
    }
  }

  @Test("An address that others can reach needs plain words")
  func openAddress() throws {
    #expect(throws: LivyError.self) { try Self.settings(flags: [.host: "0.0.0.0"]) }
    let settings = try Self.settings(flags: [.host: "0.0.0.0", .trustNetwork: "true"])
    #expect(settings.rest.host == "0.0.0.0")
    for host in ["localhost", "127.0.0.2", "::1"] {
      #expect(try Self.settings(flags: [.host: host]).rest.host == host)
    }
  }

  @Test("A master that this version cannot start is refused")
  func master() {
    #expect(throws: LivyError.self) { try Self.settings(flags: [.sparkMaster: "yarn"]) }
  }

  @Test(
    "Local and standalone masters are taken", arguments: ["local", "local[4]", "spark://h:7077"])
  func masters(master: String) throws {
    #expect(try Self.settings(flags: [.sparkMaster: master]).launch.master == master)
  }

  @Test("Sessions have Hive when the server says so")
  func hive() throws {
    #expect(try Self.settings().launch.hive == .off)
    #expect(try Self.settings(file: ["livy.repl.enable-hive-context": "true"]).launch.hive == .on)
  }

  @Test("An unknown name is told, with the one that was probably meant")
  func unknownName() {
    var sources = SettingSources()
    let values = ["livy.server.prot": "1", "something.else": "2", "livy.server.port": "3"]
    sources.files = [SettingFile(name: "livy.conf", values: values)]
    #expect(sources.warnings.count == 2)
    #expect(sources.warnings.contains { $0.contains("did you mean livy.server.port?") })
  }

  @Test("Every setting has a help, a variable of its own, and a default that is accepted")
  func table() {
    let variables = Set(SettingKey.allCases.map(\.variable))
    #expect(variables.count == SettingKey.allCases.count)
    #expect(SettingKey.host.variable == "LIVY_SERVER_HOST")
    #expect(SettingKey.connectBackNetworks.variable == "LIVY_RPC_CONNECT_BACK_NETWORKS")
    #expect(SettingKey.allCases.allSatisfy { !$0.help.isEmpty })
  }
}

@Suite("Settings files")
struct SettingFileTests {
  private func settings(_ text: String) throws -> ServerSettings {
    let file = try SettingFile(name: "livy.conf", parsing: text)
    return try ServerSettings(
      SettingSources(files: [file]), surroundings: SettingsTests.surroundings)
  }

  @Test("A bad value is refused with its line")
  func lines() {
    let error = #expect(throws: LivyError.self) {
      try settings("# ports\n\nlivy.server.port = eighty\n")
    }
    #expect(error?.message.contains("livy.conf:3") == true, "\(error?.message ?? "")")
  }

  @Test("An unknown setting is a warning with its line and the nearest known one")
  func unknown() throws {
    let file = try SettingFile(name: "livy.conf", parsing: "livy.server.prot: 1")
    let warnings = SettingSources(files: [file]).warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.hasPrefix("livy.conf:1: livy.server.prot is not a setting") == true)
    #expect(warnings.first?.hasSuffix("did you mean livy.server.port?") == true)
  }

  @Test("How a cancellation goes can be set, inside limits")
  func cancelling() throws {
    let settings = try settings(
      """
      livy.rsc.job-cancel.trigger-interval = 500ms
      livy.rsc.job-cancel.timeout = 1m
      """)
    #expect(settings.sessions.driver.cancelInterval == .milliseconds(500))
    #expect(settings.sessions.driver.cancelTimeMax == .seconds(60))
    let busy = try self.settings("livy.rsc.job-cancel.trigger-interval = 0")
    #expect(busy.sessions.driver.cancelInterval == .milliseconds(10))
  }

  @Test("How much is kept of an output, and in which forms, is set within a limit")
  func outputs() throws {
    let standard = try settings("").sessions
    #expect(standard.driver.outputBytesMax == 32 << 20)
    #expect(!standard.driver.richOutput)
    let asked = try settings("livy.rsc.output.max-bytes = 4096\nlivy.repl.rich-output = true")
    #expect(asked.sessions.driver.outputBytesMax == 4_096)
    #expect(asked.sessions.driver.richOutput)
    for bytes in ["0", "-1", "50331649", "much"] {
      #expect(throws: LivyError.self) { try settings("livy.rsc.output.max-bytes = \(bytes)") }
    }
  }

  @Test("Of two files the first one wins")
  func twoFiles() throws {
    let sources = SettingSources(files: [
      SettingFile(name: "livy.conf", values: ["livy.rsc.sql.num-rows": "5"]),
      SettingFile(
        name: "livy-client.conf",
        values: ["livy.rsc.sql.num-rows": "7", "livy.rsc.channel": "connect-back"]),
    ])
    let settings = try ServerSettings(sources, surroundings: SettingsTests.surroundings)
    #expect(settings.sessions.driver.sqlRowsMax == 5)
    #expect(settings.sessions.driver.channel == .connectBack)
  }

  @Test(
    "What Livy protects with, and this version has not, is never passed over in silence",
    arguments: [
      "livy.server.auth.type = kerberos", "livy.server.access-control.enabled = true",
      "livy.impersonation.enabled = TRUE", "livy.keystore = /etc/livy.jks",
      "livy.spark.deploy-mode = cluster", "livy.spark.deployMode = cluster",
    ])
  func protection(line: String) {
    let error = #expect(throws: LivyError.self) { try settings("# first\n" + line) }
    #expect(error?.code == .configuration)
    #expect(error?.message.hasPrefix("livy.conf:2: livy.") == true, "\(error?.message ?? "")")
  }

  @Test(
    "The same settings switched off are accepted",
    arguments: [
      "livy.server.auth.type = none", "livy.server.auth.type =",
      "livy.impersonation.enabled = false", "livy.keystore =", "livy.spark.deploy-mode = client",
    ])
  func switchedOff(line: String) throws {
    _ = try settings(line)
  }

  @Test("Names that the server answers to")
  func allowedHosts() throws {
    #expect(try settings("").rest.browsers.hosts == .automatic)
    #expect(try settings("livy.server.allowed-hosts=*").rest.browsers.hosts == .any)
    #expect(
      try settings("livy.server.allowed-hosts=A.example, b").rest.browsers.hosts
        == .only(["a.example", "b"]))
    #expect(try settings("livy.server.security-headers.enabled=false").rest.securityHeaders == [])
  }

  @Test("Each security header has a key; an empty value is none, an odd one is refused")
  func securityHeaders() throws {
    func value(_ name: String, _ text: String) throws -> String? {
      try settings(text).rest.securityHeaders.first { $0.name == name }?.value
    }
    let prefix = "livy.server.http.header"
    #expect(try value("X-Frame-Options", "") == "SAMEORIGIN")
    #expect(try value("X-Frame-Options", "\(prefix).X-Frame-Options=DENY") == "DENY")
    #expect(try value("X-Frame-Options", "\(prefix).X-Frame-Options =") == "")
    #expect(try value("X-XSS-Protection", "\(prefix).X-XSS-Protection=0") == "0")
    #expect(
      try value("X-Content-Type-Options", "\(prefix).X-Content-Type-Options=") == "")
    #expect(
      try value(
        "Content-Security-Policy", "\(prefix).Content-Security-Policy=default-src 'none'")
        == "default-src 'none'")
    #expect(try value("Strict-Transport-Security", "") == nil)
    #expect(
      try value(
        "Strict-Transport-Security", "\(prefix).Strict-Transport-Security=max-age=60")
        == "max-age=60")
    let error = #expect(throws: LivyError.self) {
      try settings("\(prefix).X-Frame-Options=caf\u{e9}")
    }
    #expect(error?.message.contains("\(prefix).X-Frame-Options") == true)
  }

  @Test("The pages can be left out, and stand behind a proxy's path")
  func pages() throws {
    #expect(try settings("").rest.ui == UISettings())
    #expect(try settings("livy.ui.enabled=false").rest.ui.presence == .absent)
    #expect(try settings("livy.ui.basePath=/livy/").rest.ui.basePath.text == "/livy")
    let error = #expect(throws: LivyError.self) { try settings("livy.ui.basePath=/a\"b") }
    #expect(error?.code == .configuration)
  }

  @Test(
    "Only true addresses of loopback count as such",
    arguments: ["127.evil.example", "127.0.0.1.evil.example", "0.0.0.0", "::", "10.0.0.1", "host"])
  func exposed(host: String) {
    #expect(throws: LivyError.self) { try settings("livy.server.host=\(host)") }
    #expect(throws: Never.self) {
      try settings("livy.server.host=\(host)\nlivy.server.trust-network=true")
    }
  }
}
