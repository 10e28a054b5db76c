// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import TestSupport
import Testing
import Transport

@testable import LivyLaunch

/// With a spark-submit that is a shell script: it writes the archive that the JVM would write.
@Suite("Archives of classes")
struct DriverArchivesTests {
  final class Stage: Sendable {
    let folder: TemporaryFolder
    let loop: EventLoop
    let lines = Locked<[String]>([])
    let limits: ArchiveLimits

    init(_ script: String, quiet: Duration = .zero, rehearsal: Duration = .seconds(60)) async throws
    {
      folder = try TemporaryFolder()
      loop = try EventLoop.start(name: "archives")
      var limits = ArchiveLimits()
      limits.quietTime = quiet
      limits.rehearsalTimeMax = rehearsal
      limits.freeBytesMin = 0
      self.limits = limits
      for name in ["spark/jars/a.jar", "java/lib/server/libjvm.so", "livy-driver"] {
        try folder.write("1", to: name)
      }
      try folder.write("", to: "java/bin/java", mode: 0o755)
      try folder.write("#!/bin/sh\n" + script, to: "script", mode: 0o755)
      try folder.makeFolder("spark/bin")
      let copy = ChildProcessOptions(
        executable: "/bin/cp",
        arguments: ["-p", folder.path("script"), folder.path("spark/bin/spark-submit")])
      try #require(await ChildProcess.spawn(copy, on: loop).waitForExit() == .exited(0))
    }

    var settings: LaunchSettings {
      var settings = LaunchSettings(
        sparkHome: folder.path("spark"), driverExecutable: folder.path("livy-driver"),
        stateFolder: folder.path("state"),
        environment: ["PATH": "/usr/bin:/bin", "JAVA_HOME": folder.path("java")])
      settings.limits.terminationGrace = .zero
      return settings
    }

    var shelf: String { folder.path("cds") }

    func archives() -> DriverArchives {
      DriverArchives(in: shelf, limits: limits, on: loop) { line in
        self.lines.withLock { $0.append(line) }
      }
    }

    func line(_ change: (inout SessionRequest) -> Void = { _ in }) -> SparkSubmitLine {
      var request = SessionRequest()
      change(&request)
      var generator = SystemRandomNumberGenerator()
      let order = LaunchOrder(
        tag: SessionUUID(using: &generator), attempt: 1,
        program: .session(SessionID(1), request, launchFile: []))
      return SparkSubmitLine(
        order: order, settings: settings, defaults: JavaProperties(),
        files: SessionFiles(folder: "/s"))
    }

    func kept() -> [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: shelf)) ?? []
      return names.filter { $0.hasSuffix(".jsa") || $0.hasSuffix(".part") }
    }

    func hastened(_ archives: DriverArchives) async -> String? {
      await archives.hasten(line(), settings).environment["SPARK_SUBMIT_OPTS"]
    }
  }

  /// Writes the archive that it is told to, and its own surroundings beside it.
  static let good = """
    until [ "$(nice)" = 19 ]; do sleep 0.05; done
    file=${SPARK_SUBMIT_OPTS#*ArchiveClassesAtExit=}; file=${file%% *}
    test "$3" = --rehearse || test "$4" = --rehearse || exit 3
    echo "$SPARK_LOCAL_IP $(nice) $(cat $2 | grep -c 'master=local')" > "${0%/*}/../../seen"
    echo classes > "$file"
    """

  func withStage(_ stage: Stage, _ body: (Stage) async throws -> Void) async throws {
    var problem: (any Error)?
    do { try await body(stage) } catch { problem = error }
    await stage.loop.stop()
    if let problem { throw problem }
  }

  @Test("The first start waits for nothing; later ones use the archive that was made meanwhile")
  func made() async throws {
    try await withStage(Stage(Self.good)) { stage in
      let archives = stage.archives()
      let line = stage.line()
      #expect(await archives.hasten(line, stage.settings) == line)
      #expect(await eventually { stage.kept().contains { $0.hasSuffix(".jsa") } })
      let options = try #require(await stage.hastened(archives))
      #expect(options.contains("-XX:SharedArchiveFile=\(stage.shelf)/"))
      #expect(options.contains("-Xshare:auto"))
      let fast = await archives.hasten(line, stage.settings)
      #expect(fast.environment["SPARK_CONF_DIR"] == stage.shelf + "/none")
      #expect(fast.environment["LIVY_SPARK_CONF_DIR"] == stage.folder.path("spark") + "/conf")
      #expect(fast.properties == line.properties)
      #expect(await eventually { stage.kept().count == 1 })
      let seen = try stage.folder.text("seen")
      #expect(seen == "127.0.0.1 19 1\n")
      #expect(try stage.folder.mode("cds") == 0o700)
      let file = "cds/" + (stage.kept().first ?? "")
      #expect(try stage.folder.mode(file) == 0o600)
      await archives.stop()
    }
  }

  @Test("Options that the operator has set for Spark stay, behind ours")
  func options() async throws {
    try await withStage(Stage(Self.good)) { stage in
      let archives = stage.archives()
      _ = await stage.hastened(archives)
      #expect(await eventually { stage.kept().contains { $0.hasSuffix(".jsa") } })
      var line = stage.line()
      line.environment["SPARK_SUBMIT_OPTS"] = "-Xshare:off"
      let fast = await archives.hasten(line, stage.settings)
      #expect(fast.environment["SPARK_SUBMIT_OPTS"]?.hasSuffix(" -Xshare:off") == true)
      await archives.stop()
    }
  }

  @Test("Another jar, another JVM, a class path or a conf folder of one's own: no archive")
  func stale() async throws {
    try await withStage(Stage(Self.good)) { stage in
      let archives = stage.archives()
      _ = await stage.hastened(archives)
      #expect(await eventually { stage.kept().contains { $0.hasSuffix(".jsa") } })
      try #require(await stage.hastened(archives) != nil)
      await archives.stop()  // Nothing more is made.

      let line = stage.line { $0.conf["spark.driver.extraClassPath"] = "/x" }
      #expect(await archives.hasten(line, stage.settings) == line)
      try stage.folder.write("x", to: "spark/conf/log4j2.properties")
      #expect(await stage.hastened(archives) == nil)
      try FileManager.default.removeItem(atPath: stage.folder.path("spark/conf/log4j2.properties"))
      #expect(await stage.hastened(archives) != nil)

      try stage.folder.write("22", to: "java/lib/server/libjvm.so")
      #expect(await stage.hastened(archives) == nil)
      let newer = stage.archives()
      _ = await stage.hastened(newer)
      #expect(await eventually { stage.kept().count { $0.hasSuffix(".jsa") } == 2 })
      #expect(await stage.hastened(newer) != nil)
      try stage.folder.write("1", to: "spark/jars/b.jar")
      await newer.stop()
      #expect(await stage.hastened(newer) == nil)
    }
  }

  @Test("Where somebody else could write, no archive is used")
  func rights() async throws {
    try await withStage(Stage(Self.good)) { stage in
      let archives = stage.archives()
      _ = await stage.hastened(archives)
      #expect(await eventually { stage.kept().contains { $0.hasSuffix(".jsa") } })
      await archives.stop()
      let file = stage.shelf + "/" + (stage.kept().first ?? "")
      for (path, open, closed) in [
        (file, 0o620, 0o600), (file, 0o602, 0o600), (stage.shelf, 0o770, 0o700),
        (stage.folder.root, 0o777, 0o700),
      ] {
        #expect(chmod(path, mode_t(open)) == 0)
        #expect(await stage.hastened(archives) == nil, "\(path)")
        #expect(chmod(path, mode_t(closed)) == 0)
        #expect(await stage.hastened(archives) != nil, "\(path)")
      }
      try FileManager.default.moveItem(atPath: file, toPath: stage.folder.path("elsewhere"))
      try FileManager.default.createSymbolicLink(
        atPath: file, withDestinationPath: stage.folder.path("elsewhere"))
      #expect(await stage.hastened(archives) == nil)
    }
  }

  @Test(
    "A rehearsal that fails, writes nothing or takes too long leaves nothing, and is not repeated",
    arguments: [
      ("echo no room; exit 1", "no room"), ("exit 0", "has written no archive"),
      ("sleep 600", "took longer than"),
    ])
  func failure(_ script: String, _ reason: String) async throws {
    let limit = script.hasPrefix("sleep") ? Duration.milliseconds(100) : .seconds(60)
    try await withStage(Stage(script, rehearsal: limit)) { stage in
      let archives = stage.archives()
      _ = await stage.hastened(archives)
      #expect(await eventually { stage.lines.withLock { $0.contains { $0.contains(reason) } } })
      #expect(stage.kept().isEmpty)
      let told = stage.lines.withLock(\.count)
      #expect(await stage.hastened(archives) == nil)
      await archives.stop()
      #expect(stage.lines.withLock(\.count) == told)
    }
  }

  @Test("A server that stops ends the rehearsal, and one that waits begins none")
  func stop() async throws {
    try await withStage(Stage("echo $$ > ${0%/*}/../../pid; sleep 600")) { stage in
      let archives = stage.archives()
      _ = await stage.hastened(archives)
      #expect(await eventually { stage.folder.exists("pid") })
      await archives.stop()
      #expect(stage.kept().isEmpty)
      let pid = try stage.folder.text("pid").split(separator: "\n").first.flatMap { Int32($0) }
      #expect(ProcessStatus(pid: try #require(pid)) == nil)
    }
    try await withStage(Stage(Self.good, quiet: .seconds(600))) { stage in
      let archives = stage.archives()
      _ = await stage.hastened(archives)
      await archives.stop()
      #expect(stage.kept().isEmpty)
    }
  }

  @Test("While another server makes one, nothing is made")
  func claim() async throws {
    try await withStage(Stage(Self.good)) { stage in
      let shelf = ArchiveShelf(folder: stage.shelf, limits: stage.limits)
      try shelf.prepare()
      let other = try #require(shelf.claim())
      let archives = stage.archives()
      _ = await stage.hastened(archives)
      #expect(
        await eventually { stage.lines.withLock { $0.contains { $0.contains("another server") } } })
      #expect(stage.kept().isEmpty)
      await archives.stop()
      withExtendedLifetime(other) {}
    }
  }
}
