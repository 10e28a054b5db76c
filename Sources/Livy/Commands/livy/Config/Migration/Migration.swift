// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What changes for an operator who moves from an Apache Livy to this server.
struct Migration: Sendable {
  let installation: LivyInstallation
  let inspection: ConfigInspection

  init(from installation: LivyInstallation, in surroundings: Surroundings) {
    self.installation = installation
    inspection = ConfigInspection(
      place: installation.confFolder, files: installation.settings,
      blacklist: installation.blacklist, in: surroundings)
  }

  var lines: [String] {
    ["Configuration in \(installation.confFolder)", "", "Settings:"] + indented(inspection.lines)
      + section("Environment, of \(LivyInstallation.environmentName):", environmentLines)
      + section("Files:", fileLines) + section("To do by hand:", numbered(chores))
  }

  // MARK: Parts of the report

  private var environmentLines: [String] {
    var table = TextTable(["LINE", "VARIABLE", "VALUE", "CLASS", "WHAT HAPPENS"])
    table.rows = installation.variables.map { variable in
      let row = EnvironmentRow.all.first { $0.name == variable.name }
      let isSecret = SettingEntry.isSecret(variable.name) && !variable.value.isEmpty
      return [
        String(variable.line), variable.name, isSecret ? "(hidden)" : variable.value,
        (row?.fate ?? .passedOn).rawValue, row?.help ?? "Spark and what it starts get it",
      ]
    }
    return table.rows.isEmpty ? [] : table.lines(width: nil)
  }

  private var fileLines: [String] {
    var table = TextTable(["FILE", "WHAT HAPPENS"])
    table.rows = installation.files.map { [$0, Self.use(of: $0)] }
    return table.rows.isEmpty ? [] : table.lines(width: nil)
  }

  private static func use(of file: String) -> String {
    switch file {
    case "livy.conf", "livy-client.conf": "read by the server; see the settings above"
    case ConfFolder.blacklistName: "read by the server as it is"
    case LivyInstallation.environmentName: "run by bin/livy-server as it is"
    case _ where file.hasPrefix("log4j"):
      "not read: the server logs to standard error, as much as livy server --log-level says"
    case "hive-site.xml", "core-site.xml", "hdfs-site.xml", "yarn-site.xml":
      "not read: put it into Spark's conf folder, or into HADOOP_CONF_DIR"
    default: "not read"
    }
  }

  /// What the operator has to do or to know, in order of weight.
  var chores: [String] {
    var chores = inspection.entries.filter { $0.verdict.class == .refused }.map { entry in
      let file = URL(filePath: entry.file).lastPathComponent
      let place = entry.line.map { "\(file):\($0)" } ?? file
      return "\(place): \(entry.name) = \(entry.shownValue) is refused: \(entry.verdict.effect)"
    }
    chores += inspection.troubles
    if value(of: .host) == nil {
      chores.append(
        "Livy listens on all addresses, this server on 127.0.0.1 only. To let others in set "
          + "livy.server.host, and livy.server.trust-network = true: nobody has to log in")
    }
    let masters = inspection.entries.filter { $0.name == SettingKey.sparkMaster.rawValue }
    for master in masters where master.verdict.class == .refused {
      chores.append("No session runs on \(master.value) here: the work of it stays with Livy")
    }
    chores.append(state)
    if value(of: .recoveryMode) == nil, value(of: "livy.server.ha.mode") == nil {
      chores.append(
        "Sessions outlive a crash of this server; for Livy's way set livy.server.recovery.mode = off"
      )
    }
    if value(of: .sparkHome) == nil,
      !installation.variables.contains(where: { $0.name == "SPARK_HOME" })
    {
      chores.append("Set SPARK_HOME, or livy.server.spark-home: no folder of Spark is named")
    }
    if !installation.scriptLines.isEmpty {
      let lines = installation.scriptLines.map(String.init).joined(separator: ", ")
      chores.append(
        "\(LivyInstallation.environmentName) has commands that were not looked at, in lines \(lines)"
      )
    }
    return chores
  }

  private var state: String {
    let kind = value(of: "livy.server.recovery.state-store") ?? ""
    guard !kind.isEmpty else {
      return "Sessions and batches of Livy end with it, and ids begin at 0 here"
    }
    let place =
      value(of: "livy.server.recovery.state-store.url") ?? value(of: "livy.server.zookeeper.url")
      ?? "no place that is named"
    return "Sessions and batches in Livy's state store (\(kind), \(place)) are not taken over: "
      + "end them with Livy still running. Ids begin at 0 here"
  }

  private func value(of key: SettingKey) -> String? { value(of: key.rawValue) }

  private func value(of name: String) -> String? {
    let names = [name] + (SettingTable.otherNames[name] ?? [])
    return inspection.entries.first { names.contains($0.name) && !$0.value.isEmpty }?.value
  }

  // MARK: Layout

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", title] + indented(lines)
  }

  private func indented(_ lines: [String]) -> [String] { lines.map { "  " + $0 } }

  private func numbered(_ lines: [String]) -> [String] {
    lines.enumerated().map { "\($0 + 1). \($1)" }
  }
}
