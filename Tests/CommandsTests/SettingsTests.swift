// SPDX-License-Identifier: Apache-2.0

import LivyCore
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
    let sources = SettingSources(flags: flags, environment: environment, file: file)
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

  @Test("An unknown name is told, with the one that was probably meant")
  func unknownName() {
    var sources = SettingSources()
    sources.file = ["livy.server.prot": "1", "something.else": "2", "livy.server.port": "3"]
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
