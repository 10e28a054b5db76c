// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyLaunch
import LivyREST
import Testing

@testable import LivyCommand

@Suite("Several Sparks")
struct SparkHomeTests {
  private let folder = CommandFolder()

  @Test("Each name leads to its folder, for Spark and for requests")
  func homes() throws {
    try folder.write("", to: "spark-4/bin/spark-submit", mode: 0o755)
    let home = folder.path("spark-4")
    let settings = try SettingsTests.settings(file: ["livy.server.spark-homes.4.0": home])
    #expect(settings.launch.sparkHomes == ["4.0": home])
    #expect(settings.rest.requests.sparkHomes == ["4.0"])
    #expect(settings.launch.sparkHome == "/opt/spark")
  }

  @Test(
    "A home without a spark-submit, or with an odd name, is refused with its place",
    arguments: ["x", "", "a b", "ä", "../up", String(repeating: "x", count: 65)])
  func refused(name: String) throws {
    let key = "livy.server.spark-homes." + name
    let error = #expect(throws: LivyError.self) {
      try SettingsTests.settings(file: [key: "/nowhere"])
    }
    #expect(error?.code == .configuration)
    #expect(error?.message.hasPrefix(key) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("livy.conf") == true)
  }

  @Test("The doctor looks at every Spark")
  func doctor() async throws {
    try folder.write("", to: "spark-4/bin/spark-submit", mode: 0o755)
    try folder.write("", to: "spark-4/jars/spark-core_2.13-4.0.1.jar")
    let file = SettingFile(
      name: "livy.conf", values: ["livy.server.spark-homes.next": folder.path("spark-4")])
    let findings = await Examination(
      surroundings: SettingsTests.surroundings, sources: SettingSources(files: [file]),
      blacklist: []
    ).findings()
    let finding = try #require(findings.first { $0.subject == "Spark next" })
    #expect(finding.verdict == .fine)
    #expect(finding.detail.hasPrefix("4.0.1"))
  }
}
