// SPDX-License-Identifier: Apache-2.0

import LivyCore
import Testing

@testable import LivyLaunch

@Suite("Sessions with Hive")
struct HiveContextTests {
  private let uuid = SessionUUID("0123456789abcdef0123456789abcdef")

  private func line(
    conf: [String: String] = [:], files: [String] = [], server: HiveContext = .off,
    hiveConf: String? = nil, defaults: [String: String] = [:]
  ) throws -> SparkSubmitLine {
    var request = SessionRequest()
    request.conf = conf
    request.files.files = files
    var settings = LaunchSettings(
      sparkHome: "/spark", driverExecutable: "/d", stateFolder: "/s", environment: [:])
    settings.hive = server
    settings.environment["HIVE_CONF_DIR"] = hiveConf
    let order = LaunchOrder(
      tag: try #require(uuid), attempt: 1,
      program: .session(SessionID(1), request, launchFile: []))
    return SparkSubmitLine(
      order: order, settings: settings, defaults: JavaProperties(defaults),
      files: SessionFiles(folder: "/s/x"))
  }

  private static let catalog = "spark.sql.catalogImplementation"
  private static let classPath = "spark.driver.extraClassPath"

  @Test(
    "The session's own word wins over the server's, and a catalog that it names over both",
    arguments: [
      (nil, .off, nil), (nil, .on, "hive"), ("true", .off, "hive"), ("TRUE", .off, "hive"),
      ("false", .on, nil), ("perhaps", .on, "hive"),
    ] as [(String?, HiveContext, String?)])
  func choice(word: String?, server: HiveContext, catalog: String?) throws {
    var conf: [String: String] = [:]
    conf[HiveContext.key] = word
    #expect(try line(conf: conf, server: server).properties.values[Self.catalog] == catalog)
    conf[Self.catalog] = "in-memory"
    let values = try line(conf: conf, server: server).properties.values
    #expect(values[Self.catalog] == "in-memory")
    #expect(values[HiveContext.key] == nil)
  }

  @Test("The request's hive-site.xml comes first on the classpath, else HIVE_CONF_DIR")
  func classPath() throws {
    let site = "file:///data/hive-site.xml"
    let own = try line(files: ["file:///a.txt", site], server: .on, hiveConf: "/etc/hive")
    #expect(own.properties.values[Self.classPath] == "/s/x/hive")
    #expect(own.hive?.requested == site)
    #expect(own.properties.values["spark.files"] == "file:///a.txt,\(site)")
    let conf = try line(server: .on, hiveConf: "/etc/hive", defaults: [Self.classPath: "/more.jar"])
    #expect(conf.properties.values[Self.classPath] == "/etc/hive:/more.jar")
    #expect(try line(server: .on).properties.values[Self.classPath] == nil)
    let without = try line(files: [site], hiveConf: "/etc/hive")
    #expect(without.properties.values[Self.classPath] == nil)
    #expect(without.hive == nil)
  }

  @Test(
    "Where a file is, by its URI",
    arguments: [
      ("/a/b c", "/a/b c"), ("file:/a", "/a"), ("file:///a", "/a"), ("file://host/a", nil),
      ("hdfs:///a", nil), ("", nil), ("a", nil),
    ] as [(String, String?)])
  func places(uri: String, path: String?) {
    #expect(HiveSite.localPath(of: uri) == path)
  }

  @Test("The request's file is copied into the session's folder, for the user alone")
  func copy() async throws {
    try await LocalLauncherTests().withStage(submit: "exit 0") { stage in
      try stage.folder.write("<configuration/>", to: "mine/hive-site.xml")
      var request = SessionRequest()
      request.conf[HiveContext.key] = "true"
      request.files.files = ["file://" + stage.folder.path("mine/hive-site.xml")]
      let launcher = LocalLauncher(stage.settings(), on: stage.loop)
      _ = await (try await launcher.launch(stage.order(request))).waitForExit()
      #expect(
        try stage.folder.text(stage.session + "/hive/hive-site.xml") == "<configuration/>")
      #expect(try stage.folder.mode(stage.session + "/hive/hive-site.xml") == 0o600)
    }
  }

  @Test(
    "A file that is not there, is elsewhere, or is too large ends the start, and leaves no secret",
    arguments: ["file:///nowhere/hive-site.xml", "hdfs:///hive-site.xml", "large"])
  func refusals(uri: String) async throws {
    try await LocalLauncherTests().withStage(submit: "exit 0") { stage in
      var request = SessionRequest()
      request.conf[HiveContext.key] = "true"
      try stage.folder.write("<configuration></configuration>", to: "large/hive-site.xml")
      request.files.files = [
        uri == "large" ? "file://" + stage.folder.path("large/hive-site.xml") : uri
      ]
      var settings = stage.settings()
      settings.limits.hiveSiteBytesMax = 20
      let launcher = LocalLauncher(settings, on: stage.loop)
      let error = await #expect(throws: LivyError.self) {
        try await launcher.launch(stage.order(request))
      }
      #expect(error?.code == .launchFailed)
      #expect(error?.message.contains("hive-site.xml") == true)
      #expect(!stage.folder.exists(stage.session + "/spark.properties"))
    }
  }
}
