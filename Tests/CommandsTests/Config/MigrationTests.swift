// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import Testing

@testable import LivyCommand

@Suite("livy migrate")
struct MigrationTests {
  private let folder = CommandFolder()

  /// An installation as administrators leave it.
  private func installation() throws -> LivyInstallation {
    try folder.write(
      """
      # What spark master Livy sessions should use.
      livy.spark.master = yarn
      livy.spark.deployMode = cluster
      livy.keystore.password = hunter2
      livy.server.csrf_protection.enabled = true
      livy.server.session.timeout = 2h
      livy.server.recovery.mode = recovery
      livy.server.recovery.state-store = zookeeper
      livy.server.recovery.state-store.url = zk1:2181,zk2:2181
      """, to: "livy/conf/livy.conf")
    try folder.write("livy.rsc.sql.num-rows=50\n", to: "livy/conf/livy-client.conf")
    try folder.write("spark.master\n", to: "livy/conf/spark-blacklist.conf")
    try folder.write(
      "#!/bin/bash\nexport SPARK_HOME=\"/opt/spark\"\nLIVY_SERVER_JAVA_OPTS='-Xmx4g'\n"
        + ". /etc/profile.d/x.sh\nDB_PASSWORD=hunter2\n",
      to: "livy/conf/livy-env.sh", mode: 0o755)
    try folder.write("log4j.rootCategory=INFO\n", to: "livy/conf/log4j.properties")
    try folder.write("", to: "livy/conf/livy.conf.template")
    return try LivyInstallation(in: folder.path("livy"))
  }

  private func migration() throws -> Migration {
    Migration(from: try installation(), in: SettingsTests.surroundings)
  }

  @Test("The report names every setting, variable, file and chore, and no secret")
  func report() throws {
    let lines = try migration().lines
    let text = lines.joined(separator: "\n")
    for part in [
      "livy.conf:2 ", "livy-client.conf:1", "livy.server.session.timeout", "LIVY_SERVER_JAVA_OPTS",
      "log4j.properties", "spark-blacklist.conf  ", "requests may not set: spark.master",
      "No session runs on yarn here", "(zookeeper, zk1:2181,zk2:2181) are not taken over",
      "in lines 4", "livy.conf:3: livy.spark.deployMode = cluster is refused",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
    #expect(!text.contains("hunter2"))
    #expect(!text.contains("template"))
    #expect(!text.contains("Set SPARK_HOME"))
    #expect(lines.contains { $0.hasPrefix("  1. ") })
  }

  @Test("The written folder is one that a server starts with, and says what it left out")
  func written() throws {
    let target = folder.path("new")
    try MigratedFolder(migration()).write(to: target)
    #expect(
      try folder.names(in: "new") == [
        "livy-client.conf", "livy-env.sh", "livy.conf", "spark-blacklist.conf",
      ])
    let text = try folder.text("new/livy.conf")
    #expect(text.contains("\nlivy.server.csrf-protection.enabled=true\n"))
    #expect(text.contains("# livy.keystore.password=(hidden)"))
    #expect(text.contains("# refused: "))
    let inspection = try ConfigInspection(of: target, in: SettingsTests.surroundings)
    #expect(!inspection.isRefused)
    #expect(inspection.entries.allSatisfy { $0.verdict.class == .honoured }, "\(inspection.lines)")
    #expect(inspection.entries.map(\.value) == ["true", "2h", "recovery", "50"])
    let script = try FileManager.default.attributesOfItem(atPath: target + "/livy-env.sh")
    #expect(script[.posixPermissions] as? Int == 0o755)
  }

  @Test("A folder that holds something is not written over")
  func taken() throws {
    try folder.write("mine", to: "taken/livy.conf")
    #expect(throws: LivyError.self) {
      try MigratedFolder(migration()).write(to: folder.path("taken"))
    }
    #expect(try folder.text("taken/livy.conf") == "mine")
  }

  @Test("The conf folder alone will do; a folder without Livy's files is refused")
  func places() throws {
    _ = try installation()
    #expect(try LivyInstallation(in: folder.path("livy/conf")).blacklist == ["spark.master"])
    try folder.write("", to: "other/readme")
    for place in ["other", "nowhere"] {
      #expect(throws: LivyError.self) { try LivyInstallation(in: folder.path(place)) }
    }
  }

  @Test("Of two names of one setting the proper one is kept")
  func twoNames() throws {
    let file = try SettingFile(
      name: "livy.conf",
      parsing: "livy.rsc.job_cancel.timeout = 5s\nlivy.rsc.job-cancel.timeout = 7s\nx = 1\n")
    let text = MigratedFolder.text(of: SettingSources(files: [file]).entries)
    #expect(text.contains("\nlivy.rsc.job-cancel.timeout=7s\n"))
    #expect(text.contains("# livy.rsc.job_cancel.timeout=5s\n"))
    #expect(text.contains("# x=1\n"))
  }

  @Test("Shell scripts are read line by line, and never run")
  func script() {
    let (variables, others) = LivyInstallation.variables(
      of:
        "A=1\nexport B = 2\n  export C=\"x=y\"\nif true; then\n  D=$(touch /tmp/x)\nfi\n9=1\n# E=1")
    #expect(variables.map(\.name) == ["A", "C", "D"])
    #expect(variables.map(\.value) == ["1", "x=y", "$(touch /tmp/x)"])
    #expect(others == [2, 4, 6, 7])
  }
}
