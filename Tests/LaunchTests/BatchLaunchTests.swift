// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyLaunch
import TestSupport
import Testing

extension LocalLauncherTests {
  private func order(_ request: BatchRequest, on stage: Stage) -> LaunchOrder {
    LaunchOrder(tag: stage.uuid, attempt: 1, program: .batch(BatchID(3), request))
  }

  @Test("A batch: private conf, both streams in one, no launch file, and no livy-driver needed")
  func batch() async throws {
    let script = """
      echo "$@"; echo problem >&2; echo done; grep canary "$2"; env; readlink /proc/self/cwd; exit 3
      """
    try await withStage(submit: script) { stage in
      var request = BatchRequest(file: "/data/job.py")
      request.arguments = ["a b", "--conf"]
      request.conf = ["spark.secret": "canary-conf"]
      var settings = stage.settings()
      settings.driverExecutable = stage.folder.path("nothing")
      let launcher = LocalLauncher(settings, on: stage.loop)
      let application = try await launcher.launch(order(request, on: stage))
      #expect(await application.waitForExit() == .status(3))

      let session = stage.folder.path(stage.session)
      let log = await application.log(linesMax: 1_000)
      #expect(log.standardError.isEmpty)
      #expect(
        log.standardOutput.prefix(4) == [
          "--properties-file \(session)/spark.properties /data/job.py a b --conf",
          "problem", "done", "spark.secret=canary-conf",
        ])
      for line in ["LIVY_SESSION_TAG=\(stage.uuid)", session + "/work"] {
        #expect(log.standardOutput.contains(line), "\(line)")
      }
      #expect(!log.standardOutput.contains { $0.contains("canary-env") })
      #expect(try stage.folder.mode(stage.session) == 0o700)
      #expect(try stage.folder.mode(stage.session + "/spark.properties") == 0o600)
      #expect(try stage.folder.mode(stage.session + "/stdout.log") == 0o600)
      for name in ["/launch", "/bootstrap.py", "/stderr.log"] {
        #expect(!stage.folder.exists(stage.session + name), "\(name)")
      }
      await application.removeSecrets()
      #expect(!stage.folder.exists(stage.session + "/spark.properties"))
      #expect(stage.folder.exists(stage.session + "/stdout.log"))
    }
  }

  @Test("A batch that cannot be started says why, and leaves no secrets")
  func batchRefusals() async throws {
    var request = BatchRequest(file: "/data/job.py")
    request.arguments = ["a\0b"]
    for (script, request, words) in [
      (nil, BatchRequest(file: "/data/job.py"), "SPARK_HOME"), ("exit 0", request, "spark-submit"),
    ] {
      try await withStage(submit: script) { stage in
        let launcher = LocalLauncher(stage.settings(), on: stage.loop)
        let error = await #expect(throws: LivyError.self) {
          _ = try await launcher.launch(order(request, on: stage))
        }
        #expect(error?.message.contains(words) == true)
        #expect(!stage.folder.exists(stage.session + "/spark.properties"))
      }
    }
  }

  @Test("Killing a batch ends it and what it started")
  func batchKill() async throws {
    let script = "setsid sh -c 'sleep 600; sleep 600' & echo ready; while :; do sleep 600; done"
    try await withStage(submit: script) { stage in
      let launcher = LocalLauncher(stage.settings(), on: stage.loop)
      let application = try await launcher.launch(
        order(BatchRequest(file: "/data/job.py"), on: stage))
      #expect(await eventually { await application.log(linesMax: 1).standardOutput == ["ready"] })
      await application.kill()
      #expect(stage.left() == 0)
    }
  }
}
