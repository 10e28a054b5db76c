// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import TestSupport
import Testing
import Transport

extension Integration {
  @Suite("Batches")
  struct BatchTests {
    /// Sums what it is told by Spark, writes the sum to a file, and prints to both streams.
    private static let sum = """
      import sys
      from pyspark.sql import SparkSession
      spark = SparkSession.builder.getOrCreate()
      conf = spark.sparkContext.getConf()
      total = spark.range(int(sys.argv[1])).groupBy().sum().first()[0]
      with open(sys.argv[2], 'w') as file:
          file.write(f"{total} {conf.get('spark.test.word')} {spark.sparkContext.appName}")
      print('the total is', total, flush=True)
      print('that was all', file=sys.stderr)

      """

    private static let raising = """
      from pyspark.sql import SparkSession
      spark = SparkSession.builder.getOrCreate()
      spark.range(10).count()
      raise ValueError('nothing to report')

      """

    fileprivate static let sleeping = """
      import subprocess, time
      child = subprocess.Popen(['sleep', '600'], start_new_session=True)
      print('sleeping', flush=True)
      time.sleep(600)

      """

    @Test("A Python program gets its arguments and conf, writes its file, and is a success")
    func success() async throws {
      try await Self.running { server in
        let result = server.folder.files + "/result"
        let batch = try await server.batch(Self.sum) { request in
          request.args = ["100", result]
          request.conf["spark.test.word"] = "canary"
          request.name = "sum of all"
        }
        #expect(batch.id == 0)
        #expect(["starting", "running"].contains(batch.state.rawValue))
        let ended = try await server.client.waitUntilFinished(.id(batch.id))
        #expect(ended.state == .success)
        #expect(ended.appID == nil)
        #expect(server.folder.text(of: result) == "4950 canary sum of all")
        let log = try await server.client.log(ofBatch: "sum of all", size: -1).log
        #expect(log.contains("the total is 4950"))
        #expect(log.contains("that was all"))
        #expect(log.first == "stdout: " && log.last == "\nstderr: ")
        await server.expectNoSessionProcess()
        for folder in server.folder.sessionFolders {
          let properties = folder + "/spark.properties"
          #expect(await eventually { !FileManager.default.fileExists(atPath: properties) })
        }
        try await server.client.deleteBatch(.id(batch.id))
        #expect(try await server.client.batches().total == 0)
      }
    }

    @Test("A program that raises is dead, and its log says why; a missing one too, after its 201")
    func failures() async throws {
      try await Self.running { server in
        let raised = try await server.batch(Self.raising) { $0.name = "raising" }
        #expect(try await server.client.waitUntilFinished(.id(raised.id)).state == .dead)
        let log = try await server.client.log(ofBatch: "raising", size: -1).log
        #expect(log.contains("ValueError: nothing to report"))
        #expect(log.last == "The batch ended with exit status 1.")

        let missing = try await server.client.createBatch(
          CreateBatch(file: server.folder.files + "/missing.py"))
        let ended = try await server.client.waitUntilFinished(.id(missing.id))
        #expect(ended.state == .dead)
        #expect(ended.log.contains { $0.contains("missing.py") }, "\(ended.log)")
        await server.expectNoSessionProcess()

        let twice = await #expect(throws: ClientError.self) {
          try await server.batch(Self.raising) { $0.name = "raising" }
        }
        #expect(twice?.status == 400)
        #expect(
          twice?.message
            == "Rejected, Reason: Duplicate session name: Some(raising) for session 2")
      }
    }

    @Test("DELETE ends a running program and what it started, and then it is gone")
    func deleted() async throws {
      try await Self.running { server in
        let batch = try await server.sleepingBatch()
        let shown = try await server.client.batch(.id(batch.id))
        #expect(shown.state == .running)
        #expect(server.sessionProcesses(named: "sleep").count == 1)
        try await server.client.deleteBatch(.id(batch.id))
        #expect(server.sessionProcesses.isEmpty, "left: \(server.sessionProcesses)")
        let gone = await #expect(throws: ClientError.self) {
          try await server.client.batch(.id(batch.id))
        }
        #expect(gone?.message == "Session '0' not found.")
      }
    }

    @Test("A batch outlives a server that is killed: the next one shows it running, then its end")
    func serverKilled() async throws {
      let folder = try ServerFolder()
      try await Self.running(in: folder) { server in
        let batch = try await server.sleepingBatch()
        _ = await server.kill9()
        #expect(server.sessionProcesses(named: "java").count == 1)

        try await Self.running(in: folder) { next in
          let shown = try await next.client.batch(.id(batch.id))
          #expect(shown.state == .running)
          #expect(shown.log.contains("sleeping"))
          let python = next.sessionProcesses.filter {
            $0.commandLine.contains { $0.hasSuffix(".py") }
          }
          for process in python where process.name != "java" { kill(process.pid, SIGKILL) }
          let ended = try await next.client.waitUntilFinished(.id(batch.id))
          #expect(ended.state == .dead)
          let log = try await next.client.log(ofBatch: .id(batch.id), size: -1).log
          #expect(log.last?.contains("its exit status was not seen") == true, "\(log.suffix(3))")
          await next.expectNoSessionProcess()

          let second = try await next.sleepingBatch()
          #expect(second.id == batch.id + 1)
          #expect(await next.stop() == .exited(0))
          #expect(folder.processes.isEmpty, "left: \(folder.processes)")
        }
        try await Self.running(in: folder) { last in
          let states = try await last.client.batches().batches.map(\.state)
          #expect(states == [.dead, .killed])
          #expect(await last.stop() == .exited(0))
        }
      }
    }

    @Test("livy runs a batch, shows what it writes, and tells by its status how it went")
    func commands() async throws {
      try await Self.running { server in
        let result = server.folder.files + "/result"
        let file = try server.folder.write(Self.sum, to: "files/sum.py")
        let ran = try await Self.livy(
          server, ["run", "--conf", "spark.test.word=w", "--name", "n", file, "10", result])
        #expect(ran.status == .exited(0), "\(ran.errors)")
        #expect(ran.output.contains("the total is 45\n"))
        #expect(ran.errors.contains("batch 0  success"), "\(ran.errors)")
        #expect(server.folder.text(of: result) == "45 w n")

        let raising = try server.folder.write(Self.raising, to: "files/raising.py")
        let failed = try await Self.livy(server, ["run", raising])
        #expect(failed.status == .exited(1))
        #expect(failed.output.contains("ValueError: nothing to report"))
        #expect(failed.errors.contains("The batch ended with exit status 1."), "\(failed.errors)")

        let sleeping = try server.folder.write(Self.sleeping, to: "files/sleeping.py")
        let left = try await Self.livy(server, ["run", "--no-wait", sleeping])
        #expect(left.output == "2\n")
        let list = try await Self.livy(server, ["ls"])
        #expect(list.output.contains("success") && list.output.contains("dead"))
        for command in ["show", "log", "rm"] {
          let ran = try await Self.livy(server, [command, "2"])
          #expect(ran.status == .exited(0), "\(command): \(ran.errors)")
        }
        #expect(try await Self.livy(server, ["rm", "2"]).status == .exited(1))
        await server.expectNoSessionProcess()
      }
    }

    private static func livy(
      _ server: ServerProcess, _ arguments: [String]
    ) async throws -> Program {
      try await Program.run(
        Surroundings.value("LIVY_TEST_SERVER"), ["batch"] + arguments,
        environment: ["LIVY_URL": server.client.url], in: server.folder)
    }

    /// A server that allows the files of its folder.
    private static func running(
      in folder: ServerFolder? = nil, _ body: (ServerProcess) async throws -> Void
    ) async throws {
      let folder = try folder ?? ServerFolder()
      let settings = ["livy.file.local-dir-whitelist": folder.files]
      try await ServerProcess.running(settings, in: folder, body)
    }
  }
}

extension ServerProcess {
  /// A batch that was asked for and nothing more.
  fileprivate func batch(
    _ program: String, _ adjust: (inout CreateBatch) -> Void = { _ in }
  ) async throws -> Batch {
    let file = try folder.write(program, to: "files/\(UUID().uuidString).py")
    var request = CreateBatch(file: file)
    request.conf = Self.quickConf
    adjust(&request)
    return try await client.createBatch(request)
  }

  /// One whose program is in the midst of its work, with a child of its own.
  fileprivate func sleepingBatch() async throws -> Batch {
    let batch = try await batch(Integration.BatchTests.sleeping)
    let sleeps = await eventually(within: .seconds(120)) {
      (try? await self.client.batch(.id(batch.id)).log.contains("sleeping")) == true
    }
    #expect(sleeps)
    return batch
  }
}
