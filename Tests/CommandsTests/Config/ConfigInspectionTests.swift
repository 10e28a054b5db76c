// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import LivyCore
import Testing

@testable import LivyCommand

@Suite("livy config check")
struct ConfigInspectionTests {
  private let folder = CommandFolder()

  private func inspection(_ text: String) throws -> ConfigInspection {
    try folder.write(text, to: "conf/livy.conf")
    return try ConfigInspection(
      of: folder.path("conf/livy.conf"), in: SettingsTests.surroundings)
  }

  private static func classes(_ inspection: ConfigInspection) -> [SettingVerdict.Class] {
    inspection.entries.map(\.verdict.class)
  }

  @Test("Every entry is told in the order of the lines, with its class")
  func classes() throws {
    let inspection = try inspection(
      """
      # livy
      livy.server.port : 9000
      livy.server.csrf_protection.enabled = true

      livy.server.thrift.enabled = true
      livy.server.prot = 1
      """)
    #expect(Self.classes(inspection) == [.honoured, .mapped, .ignored, .unknown])
    #expect(inspection.entries.map(\.line) == [2, 3, 5, 6])
    #expect(!inspection.isRefused)
    #expect(inspection.lines.count == 5)
    #expect(inspection.lines[1].hasPrefix("livy.conf:2"))
    #expect(inspection.lines[4].hasSuffix("did you mean livy.server.port?"))
  }

  @Test("All that a server would stumble over is told at once, with its value")
  func refused() throws {
    let inspection = try inspection(
      """
      livy.server.port = eighty
      livy.impersonation.enabled = true
      livy.rsc.retained_statements = none
      livy.server.session.timeout = 1h
      livy.server.host = 0.0.0.0
      """)
    #expect(Self.classes(inspection) == [.refused, .refused, .refused, .honoured, .refused])
    #expect(inspection.isRefused)
    #expect(inspection.troubles.isEmpty)
    #expect(inspection.lines.last == "4 refused: a server does not start with these")
    #expect(inspection.entries[0].verdict.effect.contains("\"eighty\""))
  }

  @Test("Secrets are told to nobody, whether their keys are known or not")
  func secrets() throws {
    let keys = [
      "livy.keystore.password", "livy.key-password", "livy.rsc.client.auth.secret",
      "livy.server.kubernetes.oauthTokenValue", "spark.hadoop.fs.s3a.access.key",
      "my.Pass-Phrase",
    ]
    let inspection = try inspection(keys.map { "\($0) = hunter2\n" }.joined())
    #expect(inspection.entries.count == keys.count)
    #expect(!inspection.lines.joined().contains("hunter2"))
    #expect(!JSONWriter.text(of: inspection).contains("hunter2"))
    #expect(inspection.entries.allSatisfy { $0.shownValue == "(hidden)" })
  }

  @Test("A folder is read as a server reads it, and a blacklist alone as a blacklist")
  func folders() throws {
    try folder.write("livy.server.port = 1", to: "all/livy.conf")
    try folder.write("livy.rsc.sql.num-rows = 5", to: "all/livy-client.conf")
    try folder.write("# no\nspark.master\n", to: "all/spark-blacklist.conf")
    let all = try ConfigInspection(of: folder.path("all"), in: SettingsTests.surroundings)
    #expect(all.entries.map(\.name) == ["livy.server.port", "livy.rsc.sql.num-rows"])
    #expect(all.blacklist == ["spark.master"])
    let one = try ConfigInspection(
      of: folder.path("all/spark-blacklist.conf"), in: SettingsTests.surroundings)
    #expect(one.entries.isEmpty)
    #expect(one.blacklist == ["spark.master"])
    #expect(throws: LivyError.self) {
      try ConfigInspection(of: folder.path("none"), in: SettingsTests.surroundings)
    }
  }

  @Test("A machine without Spark can look at settings too")
  func withoutSpark() throws {
    try folder.write("livy.server.port = 1", to: "livy.conf")
    let bare = Surroundings(environment: [:], program: "/usr/bin/livy", home: "/nowhere")
    #expect(try !ConfigInspection(of: folder.path("livy.conf"), in: bare).isRefused)
  }

  @Test("The JSON has all fields, with null for a line that is not known")
  func json() throws {
    let text = JSONWriter.text(of: try inspection("livy.server.thrift.port = 5\nlivy.\\u006bey=1"))
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let settings = try #require(value?["settings"] as? [[String: Any]])
    #expect(settings.count == 2)
    let known = try #require(settings.first { $0["key"] as? String == "livy.server.thrift.port" })
    #expect(known["class"] as? String == "ignored")
    #expect(known["line"] as? Int == 1)
    #expect(value?["refused"] as? Bool == false)
    let list = try JSONSerialization.jsonObject(with: Data(JSONWriter.text(of: SettingList()).utf8))
    #expect((list as? [Any])?.count == SettingTable.rows.count)
  }
}

/// A folder for one test, gone with it.
final class CommandFolder: Sendable {
  let root = NSTemporaryDirectory() + "livy-commands-" + UUID().uuidString

  deinit {
    try? FileManager.default.removeItem(atPath: root)
  }

  func path(_ name: String) -> String { root + "/" + name }

  func write(_ text: String, to name: String, mode: Int = 0o644) throws {
    let file = URL(filePath: path(name))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }
}
