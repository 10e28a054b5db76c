// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyREST
import LivyServer
import Testing

@testable import LivyCommand

@Suite("The table of settings")
struct SettingTableTests {
  @Test("Every key of Livy's has a class", arguments: LivyKeys.all)
  func livyKeys(key: String) {
    #expect(SettingTable.row(of: key) != nil)
    #expect(SettingVerdict(key: key, value: "").class != .unknown)
  }

  @Test("Livy's keys are written as often as Livy has them")
  func livyKeysAreAll() {
    #expect(LivyKeys.all.count == Set(LivyKeys.all).count + 1, "livy.rsc.jars is read twice")
    #expect(LivyKeys.thrift.count == 52)
    #expect(LivyKeys.driver.count == 41)
  }

  @Test("No key stands in two rows, and every row tells something")
  func rows() {
    let titles = SettingTable.rows.map(\.title)
    let twice = Dictionary(grouping: titles) { $0 }.filter { $0.value.count > 1 }.keys
    #expect(twice.isEmpty, "\(twice.sorted()): a key that is served now needs no other row")
    for row in SettingTable.rows { #expect(!row.explanation.isEmpty, "\(row.title)") }
  }

  @Test("Only what a server reads is called honoured")
  func honoured() {
    for row in SettingTable.rows where row.fate == .honoured && row.refusal == nil {
      switch row.name {
      case .exact(let name): #expect(SettingKey(rawValue: name) != nil, "\(name)")
      case .family(let start): #expect(start == SparkHomeSettings.start)
      }
    }
  }

  @Test("Another name leads to a row that is no other name itself")
  func mapped() {
    for (name, others) in SettingTable.otherNames {
      guard let row = SettingTable.row(of: name) else {
        Issue.record("\(others) lead to \(name), which is in no row")
        continue
      }
      if case .mapped = row.fate { Issue.record("\(others) lead to \(name), which leads on") }
    }
  }

  @Test("The defaults that the table tells are accepted")
  func defaults() throws {
    let values = Dictionary(
      uniqueKeysWithValues: SettingKey.allCases.compactMap { key in
        key.standard.map { (key.rawValue, $0) }
      })
    let settings = try SettingsTests.settings(file: values)
    #expect(settings.rest.port == 8998)
    #expect(settings.requestLog == RequestLogSettings(folder: "/var/lib/livy/logs", days: 5))
  }

  @Test(
    "A value decides whether a key is refused",
    arguments: [
      ("livy.server.auth.type", "none", SettingVerdict.Class.honoured),
      ("livy.server.auth.type", "Kerberos", .refused),
      ("livy.impersonation.enabled", " TRUE ", .refused),
      ("livy.impersonation.enabled", "no", .honoured),
      ("livy.keystore", "/etc/x.jks", .refused), ("livy.keystore", "", .honoured),
      ("livy.spark.deployMode", "cluster", .refused),
      ("livy.spark.deployMode", "client", .mapped),
      ("livy.server.ha.mode", "multi-active", .refused),
      ("livy.server.ha.mode", "recovery", .mapped),
      ("livy.rsc.proxy_user", "bob", .refused),
      ("livy.rsc.retained_statements", "7", .mapped),
      ("livy.repl.enableHiveContext", "true", .mapped), ("livy.ui.enabled", "true", .honoured),
      ("livy.server.auth.mine.param.x", "1", .ignored), ("livy.server.auth.", "1", .unknown),
      ("livy.server.spark-homes.x", "/opt/x", .honoured), ("spark.master", "local", .unknown),
    ])
  func classes(key: String, value: String, class: SettingVerdict.Class) {
    #expect(SettingVerdict(key: key, value: value).class == `class`)
  }

  @Test("An old name is read as the new one, which wins where both are set")
  func oldNames() throws {
    let old = ["livy.rsc.retained_statements": "7", "livy.server.csrf_protection.enabled": "true"]
    let settings = try SettingsTests.settings(file: old)
    #expect(settings.sessions.retainedStatements == 7)
    #expect(settings.rest.browsers.requestedBy == .required)
    let both = old.merging(["livy.rsc.retained-statements": "9"]) { $1 }
    #expect(try SettingsTests.settings(file: both).sessions.retainedStatements == 9)
    #expect(
      try SettingsTests.settings(file: ["livy.server.ha.mode": "off"]).sessions.recovery == .off)
    let bad = #expect(throws: (any Error).self) {
      try SettingsTests.settings(file: ["livy.rsc.retained_statements": "x"])
    }
    #expect("\(bad as Any)".contains("livy.conf"))
  }

  @Test("What is written in vain is told: settings, old names, variables")
  func warnings() {
    let sources = SettingSources(
      environment: ["LIVY_SERVER_JAVA_OPTS": "-Xmx1g", "LIVY_TEST": ""],
      files: [
        SettingFile(
          name: "livy.conf",
          values: [
            "livy.server.thrift.port": "1", "livy.rsc.job_cancel.timeout": "1s",
            "livy.server.port": "1",
          ])
      ])
    #expect(
      Set(sources.warnings) == [
        "livy.conf: livy.server.thrift.port is ignored: this version has no Thrift server",
        "livy.conf: livy.rsc.job_cancel.timeout is read as livy.rsc.job-cancel.timeout",
        "LIVY_SERVER_JAVA_OPTS is ignored: the server needs no Java",
      ])
  }

  @Test("docs/configuration.md is what the table says; make generate writes it")
  func document() throws {
    let text = try String(
      contentsOf: Repository.root.appending(path: "docs/configuration.md"), encoding: .utf8)
    #expect(text == ConfigDocument.text, "run make generate, and commit what it writes")
  }
}

/// This checkout.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../..").standardized
}
