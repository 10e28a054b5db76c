// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import LivyLaunch
import Synchronization
import TestSupport
import Testing
import Transport

@Suite("Launching on this machine")
struct LocalLauncherTests {
  /// A Spark folder whose spark-submit is a shell script of the test's.
  final class Stage: Sendable {
    let folder: TemporaryFolder
    let uuid: SessionUUID
    let loop: EventLoop

    init() throws {
      folder = try TemporaryFolder()
      var generator = SystemRandomNumberGenerator()
      uuid = SessionUUID(using: &generator)
      loop = try EventLoop.start(name: "launch")
      try folder.write("", to: "livy-driver", mode: 0o755)
      try folder.makeFolder("spark/bin")
    }

    /// Through `cp`: a file that this process wrote may still be open for writing in a child that
    /// another test starts at this moment, and then cannot be run.
    func writeSparkSubmit(_ script: String) async throws {
      try folder.write(script, to: "script", mode: 0o755)
      let copy = ChildProcessOptions(
        executable: "/bin/cp",
        arguments: ["-p", folder.path("script"), folder.path("spark/bin/spark-submit")])
      try #require(await ChildProcess.spawn(copy, on: loop).waitForExit() == .exited(0))
    }

    var session: String { "state/sessions/\(uuid)" }

    func settings(grace: Duration = .seconds(20)) -> LaunchSettings {
      var settings = LaunchSettings(
        sparkHome: folder.path("spark"), driverExecutable: folder.path("livy-driver"),
        stateFolder: folder.path("state"),
        environment: ["PATH": "/usr/bin:/bin", "LIVY_SECRET": "canary-env"])
      settings.limits.terminationGrace = grace
      return settings
    }

    func order(_ request: SessionRequest = SessionRequest()) -> LaunchOrder {
      LaunchOrder(
        tag: uuid, attempt: 1,
        program: .session(SessionID(3), request, launchFile: Array("canary-launch".utf8)))
    }

    func left() -> Int {
      var processes = TaggedProcesses(of: uuid)
      return processes.find().count
    }
  }

  func withStage(
    submit script: String?, _ body: (Stage) async throws -> Void
  ) async throws {
    let stage = try Stage()
    if let script {
      try await stage.writeSparkSubmit("#!/bin/sh\n" + script)
    }
    var problem: (any Error)?
    do { try await body(stage) } catch { problem = error }
    var processes = TaggedProcesses(of: stage.uuid)
    _ = processes.signal(SIGKILL)
    await stage.loop.stop()
    if let problem { throw problem }
  }

  @Test(
    "The end of spark-submit is told to all who wait",
    arguments: [
      ("exit 0", ApplicationExit.status(0)), ("exit 7", .status(7)), ("kill -9 $$", .signal(9)),
    ])
  func exit(script: String, exit: ApplicationExit) async throws {
    try await withStage(submit: script) { stage in
      let launcher = LocalLauncher(stage.settings(), on: stage.loop)
      let application = try await launcher.launch(stage.order())
      async let first = application.waitForExit()
      async let second = application.waitForExit()
      #expect(await [first, second] == [exit, exit])
      #expect(await application.waitForExit() == exit)
    }
  }

  @Test("A session that names another Spark is started by that one's spark-submit")
  func chosenSpark() async throws {
    try await withStage(submit: "echo $SPARK_HOME $SPARK_CONF_DIR; cat $2") { stage in
      try stage.folder.makeFolder("other")
      try FileManager.default.moveItem(
        atPath: stage.folder.path("spark"), toPath: stage.folder.path("other/spark"))
      try stage.folder.write("spark.of other\n", to: "other/spark/conf/spark-defaults.conf")
      var settings = stage.settings()
      settings.sparkHomes = ["other": stage.folder.path("other/spark")]
      let launcher = LocalLauncher(settings, on: stage.loop)
      var request = SessionRequest()
      // Its own Spark is gone.
      await #expect(throws: LivyError.self) { try await launcher.launch(stage.order(request)) }
      request.conf = [SparkChoice.confKey: "other"]
      let application = try await launcher.launch(stage.order(request))
      #expect(await application.waitForExit() == .status(0))
      let output = await application.log(linesMax: 20).standardOutput
      let home = stage.folder.path("other/spark")
      #expect(output.first == "\(home) \(home)/conf")
      #expect(output.contains("spark.of=other"))
      request.conf = [SparkChoice.confKey: "third"]
      let error = await #expect(throws: LivyError.self) {
        try await launcher.launch(stage.order(request))
      }
      #expect(error?.code == .invalidRequest)
    }
  }

  @Test(
    "The files are private, the conf and the launch file stand in them, and go with the secrets")
  func files() async throws {
    let script = """
      umask; echo "$@"; cat "$2" "$4"; echo; env; pwd; readlink /proc/self/cwd; echo problem >&2
      """
    try await withStage(submit: script) { stage in
      var request = SessionRequest()
      request.conf = ["spark.secret": "canary-conf"]
      try stage.folder.write("spark.admin  yes\n", to: "spark/conf/spark-defaults.conf")
      let launcher = LocalLauncher(stage.settings(), on: stage.loop)
      let application = try await launcher.launch(stage.order(request))
      #expect(await application.waitForExit() == .status(0))

      for (name, mode) in [
        ("", 0o700), ("/work", 0o700), ("/spark.properties", 0o600), ("/launch", 0o600),
        ("/bootstrap.py", 0o600), ("/stdout.log", 0o600), ("/stderr.log", 0o600),
      ] {
        #expect(try stage.folder.mode(stage.session + name) == mode, "\(name)")
      }
      let log = await application.log(linesMax: 1_000)
      let session = stage.folder.path(stage.session)
      #expect(log.standardError == ["problem"])
      let files = "\(session)/spark.properties \(session)/bootstrap.py \(session)/launch"
      #expect(log.standardOutput.dropFirst().first == "--properties-file \(files)")
      for line in [
        "spark.secret=canary-conf", "spark.admin=yes", "spark.app.name=livy-session-3",
        "SPARK_HOME=" + stage.folder.path("spark"), "LIVY_SESSION_TAG=\(stage.uuid)",
        session + "/work",
      ] {
        #expect(log.standardOutput.contains(line), "\(line)")
      }
      #expect(log.standardOutput.contains { $0.hasPrefix("canary-launch") })
      #expect(!log.standardOutput.contains { $0.contains("canary-env") })

      await application.removeSecrets()
      await application.removeSecrets()
      #expect(!stage.folder.exists(stage.session + "/launch"))
      #expect(!stage.folder.exists(stage.session + "/spark.properties"))
      #expect(stage.folder.exists(stage.session + "/stdout.log"))
    }
  }

  @Test("The newest lines of a long log come, and a second start appends to it")
  func log() async throws {
    try await withStage(submit: "seq 1 50000; seq 1 5 >&2") { stage in
      let launcher = LocalLauncher(stage.settings(), on: stage.loop)
      for times in 1...2 {
        let application = try await launcher.launch(stage.order())
        _ = await application.waitForExit()
        let log = await application.log(linesMax: 3)
        #expect(log.standardOutput == ["49998", "49999", "50000"])
        #expect(await application.log(linesMax: 100).standardError.count == 5 * times)
      }
    }
  }

  @Test("Killing asks first, and ends what only needs to be asked")
  func politely() async throws {
    let script = "trap 'echo asked; exit 5' TERM; echo ready; while :; do sleep 0.1; done"
    try await withStage(submit: script) { stage in
      let launcher = LocalLauncher(stage.settings(), on: stage.loop)
      let application = try await launcher.launch(stage.order())
      #expect(
        await eventually { await application.log(linesMax: 1).standardOutput == ["ready"] })
      await application.kill()
      #expect(stage.left() == 0)
      #expect(await application.waitForExit() == .status(5))
      #expect(await application.log(linesMax: 1).standardOutput == ["asked"])
    }
  }

  @Test("Killing ends what ignores the question, in whatever session, and children without the tag")
  func forcefully() async throws {
    let script = """
      trap '' TERM
      setsid sh -c 'trap "" TERM; sleep 600; sleep 600' &
      setsid env -i sh -c 'trap "" TERM; sleep 600' &
      (setsid sh -c '(trap "" TERM; sleep 600) &' &)
      echo ready
      while :; do sleep 600; done
      """
    try await withStage(submit: script) { stage in
      let launcher = LocalLauncher(stage.settings(grace: .milliseconds(200)), on: stage.loop)
      let application = try await launcher.launch(stage.order())
      #expect(await eventually { stage.left() >= 7 })
      async let first: Void = application.kill()
      async let second: Void = application.kill()
      _ = await (first, second)
      #expect(stage.left() == 0)
      #expect(await application.waitForExit() == .signal(9))
    }
  }

  @Test("Killing goes on after its caller was cancelled, and works after spark-submit's own end")
  func orphans() async throws {
    let script = "setsid sh -c 'trap \"\" TERM; sleep 600; sleep 600' & exit 0"
    try await withStage(submit: script) { stage in
      let launcher = LocalLauncher(stage.settings(grace: .milliseconds(200)), on: stage.loop)
      let application = try await launcher.launch(stage.order())
      #expect(await application.waitForExit() == .status(0))
      #expect(await eventually { stage.left() == 2 })
      let killing = Task { await application.kill() }
      killing.cancel()
      await killing.value
      #expect(stage.left() == 0)
    }
  }

  // MARK: Another run of the server

  @Test("What an earlier server started is found, watched to its end, and killed by its tag")
  func adopted() async throws {
    let script = "setsid sleep 600 & echo ready; while :; do sleep 0.1; done"
    try await withStage(submit: script) { stage in
      let former = try await LocalLauncher(stage.settings(), on: stage.loop).launch(stage.order())
      #expect(await eventually { await former.log(linesMax: 1).standardOutput == ["ready"] })
      let launcher = LocalLauncher(stage.settings(grace: .milliseconds(200)), on: stage.loop)
      let adopted = try #require(await launcher.adopt(stage.uuid))
      #expect(await adopted.log(linesMax: 1).standardOutput == ["ready"])
      async let exit = adopted.waitForExit()
      #expect(stage.folder.exists(stage.session + "/launch"))
      await adopted.removeSecrets()
      #expect(!stage.folder.exists(stage.session + "/launch"))
      await adopted.kill()
      #expect(await exit == .unseen)
      #expect(stage.left() == 0)
      #expect(await launcher.adopt(stage.uuid) == nil)
    }
  }

  @Test("spark-submit is what is watched: its end is told, whatever it leaves behind")
  func adoptedWithout() async throws {
    let script = "setsid sleep 600 & echo ready; read -r line < fifo; exit 0"
    try await withStage(submit: "mkfifo fifo; " + script) { stage in
      let launcher = LocalLauncher(stage.settings(grace: .milliseconds(200)), on: stage.loop)
      let former = try await launcher.launch(stage.order())
      #expect(await eventually { await former.log(linesMax: 1).standardOutput == ["ready"] })
      let before = try #require(await launcher.adopt(stage.uuid))
      async let exit = before.waitForExit()
      try Data("\n".utf8).write(
        to: URL(filePath: stage.folder.path(stage.session + "/work/fifo")))
      #expect(await exit == .unseen)
      #expect(stage.left() > 0)
      // Also for a server that comes only now.
      let after = try #require(await launcher.adopt(stage.uuid))
      #expect(await after.waitForExit() == .unseen)
      await after.kill()
      #expect(stage.left() == 0)
    }
  }

  @Test("Where it was not noted which process spark-submit is, all with the tag are watched")
  func adoptedUnnoted() async throws {
    try await withStage(submit: "echo ready; sleep 600") { stage in
      let launcher = LocalLauncher(stage.settings(grace: .milliseconds(200)), on: stage.loop)
      let former = try await launcher.launch(stage.order())
      #expect(await eventually { await former.log(linesMax: 1).standardOutput == ["ready"] })
      try stage.folder.write("garbage", to: stage.session + "/process")
      let adopted = try #require(await launcher.adopt(stage.uuid))
      async let exit = adopted.waitForExit()
      await adopted.kill()
      #expect(await exit == .unseen)
    }
  }

  @Test("Processes of another session are left alone")
  func neighbours() async throws {
    try await withStage(submit: "sleep 600") { near in
      try await withStage(submit: "sleep 600") { far in
        let launchers = [near, far].map { LocalLauncher($0.settings(), on: $0.loop) }
        let first = try await launchers[0].launch(near.order())
        let second = try await launchers[1].launch(far.order())
        #expect(await eventually { near.left() == 2 && far.left() == 2 })
        await first.kill()
        #expect(near.left() == 0)
        #expect(far.left() == 2)
        await second.kill()
        #expect(far.left() == 0)
      }
    }
  }

  @Test("A start that cannot succeed says what to do, and leaves no secrets")
  func refusals() async throws {
    try await withStage(submit: nil) { stage in
      await expect(.configuration, "SPARK_HOME", from: stage.settings(), stage)
    }
    try await withStage(submit: "exit 0") { stage in
      try stage.folder.write("", to: "spark/bin/spark-submit", mode: 0o644)
      await expect(.configuration, "SPARK_HOME", from: stage.settings(), stage)
    }
    try await withStage(submit: "exit 0") { stage in
      var settings = stage.settings()
      settings.driverExecutable = stage.folder.path("nothing")
      await expect(.configuration, "livy-driver", from: settings, stage)
    }
    try await withStage(submit: "exit 0") { stage in
      var settings = stage.settings()
      try stage.folder.write("", to: "file")
      settings.stateFolder = stage.folder.path("file")
      await expect(.launchFailed, "check the folder", from: settings, stage)
    }
    try await withStage(submit: "exit 0") { stage in
      try stage.folder.makeFolder("state/sessions")
      try stage.folder.makeFolder("elsewhere")
      try FileManager.default.createSymbolicLink(
        atPath: stage.folder.path(stage.session),
        withDestinationPath: stage.folder.path("elsewhere"))
      await expect(.launchFailed, "move it out of the way", from: stage.settings(), stage)
    }
    try await withStage(submit: "exit 0") { stage in
      try stage.folder.write("a=\\u12", to: "spark/conf/spark-defaults.conf")
      await expect(.configuration, "spark-defaults.conf", from: stage.settings(), stage)
    }
  }

  @Test("A spark-submit that cannot run is an error of the launch, and leaves no secrets")
  func badInterpreter() async throws {
    try await withStage(submit: nil) { stage in
      try await stage.writeSparkSubmit("#!/nonexistent/sh\n")
      await expect(.launchFailed, "spark-submit", from: stage.settings(), stage)
    }
  }

  private func expect(
    _ code: LivyError.Code, _ words: String, from settings: LaunchSettings, _ stage: Stage
  ) async {
    await #expect {
      _ = try await LocalLauncher(settings, on: stage.loop).launch(stage.order())
    } throws: { error in
      guard let error = error as? LivyError else { return false }
      return error.code == code && error.message.contains(words)
    }
    #expect(!stage.folder.exists(stage.session + "/launch"))
    #expect(!stage.folder.exists(stage.session + "/spark.properties"))
  }
}
