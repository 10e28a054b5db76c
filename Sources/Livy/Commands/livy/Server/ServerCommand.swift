// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import LivyCore
internal import Logging

/// `livy server`
struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server",
    abstract: "Serve Livy's REST API.",
    discussion: """
      Reads livy.conf, livy-client.conf and spark-blacklist.conf in $LIVY_CONF_DIR (else \
      $LIVY_HOME/conf, else /etc/livy/conf), keeps its state in $LIVY_STATE_DIR (else ~/.local/state/livy), and runs \
      until SIGTERM or Ctrl-C: then it finishes what it can, ends its sessions, and exits 0.

      Settings: --set NAME=VALUE wins over the environment (livy.server.port is \
      LIVY_SERVER_PORT), which wins over livy.conf, which wins over livy-client.conf.

      What becomes of Livy's other settings: livy config list, and livy config check for a file.

      \(settingsHelp)

      Exit status: 0 stopped in order, 1 it could not start or failed, 2 wrong usage.
      """)

  @Option(help: "Address to listen on (livy.server.host).")
  var host: String?

  @Option(help: "Port to listen on (livy.server.port).")
  var port: String?

  @Option(help: "Folder of livy.conf, in place of $LIVY_CONF_DIR.")
  var conf: String?

  @Option(name: .customLong("set"), help: "A setting, as NAME=VALUE. May be repeated.")
  var settings: [String] = []

  @Option(help: "trace, debug, info, notice, warning or error.", transform: level(named:))
  var logLevel: Logger.Level = .info

  func run() async throws {
    var logger = Logger(label: "livy") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = logLevel
    do {
      let settings = try read(logger)
      let assembly = ServerAssembly(settings: settings, logger: logger) { port in
        Self.say("livy server: listening on \(settings.url(port: port))")
      }
      try await assembly.run()
    } catch let error as ValidationError {
      throw error
    } catch {
      throw CommandFailure(.failed, "livy server: \(error)")
    }
  }

  private func read(_ logger: Logger) throws -> ServerSettings {
    let surroundings = Surroundings.current
    let folder = ConfFolder(path: conf ?? surroundings.confFolder)
    var sources = SettingSources()
    sources.environment = surroundings.environment
    sources.files = try folder.settings()
    sources.flags = try flags()
    for warning in sources.warnings { logger.warning("\(warning)") }
    return try ServerSettings(
      sources, surroundings: surroundings, blacklist: try folder.blacklist())
  }

  private func flags() throws -> [SettingKey: String] {
    var flags: [SettingKey: String] = [:]
    for setting in settings {
      let halves = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, let key = SettingKey(rawValue: String(halves[0])) else {
        throw ValidationError(
          "--set \(setting): write NAME=VALUE with a setting of the list in --help")
      }
      flags[key] = String(halves[1])
    }
    if let host { flags[.host] = host }
    if let port { flags[.port] = port }
    return flags
  }

  private static func level(named name: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: name) else {
      throw ValidationError(
        "--log-level \(name): write trace, debug, info, notice, warning or error")
    }
    return level
  }

  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }

  private static var settingsHelp: String {
    SettingKey.allCases.map { key in
      "\(key.rawValue) (\(key.standard ?? "unset"))\n    \(key.help)"
    }.joined(separator: "\n")
  }
}
