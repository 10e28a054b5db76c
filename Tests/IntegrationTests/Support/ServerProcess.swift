// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import Synchronization
import TestSupport
import Testing
import Transport

/// `livy server` as a process, with conf and state of its own.
final class ServerProcess: Sendable {
  let folder: ServerFolder
  let client: LivyClient
  private let process: ChildProcess
  private let exit: Task<ChildProcess.ExitStatus, Never>

  /// Runs `body` with a server. Afterwards, in every case, no process of the server or its sessions
  /// is left.
  ///
  /// - Parameter settings: go to the command line, as `--set`.
  static func running<Result: Sendable>(
    _ settings: [String: String] = [:], environment: [String: String] = [:],
    in folder: ServerFolder? = nil, _ body: (ServerProcess) async throws -> Result
  ) async throws -> Result {
    let folder = try folder ?? ServerFolder()
    let loop = try EventLoop.start(name: "integration")
    do {
      let server = try await start(settings, environment, in: folder, on: loop)
      let result = try await body(server)
      folder.killAll()
      await loop.stop()
      return result
    } catch {
      print("server's log:\n\(folder.text(of: folder.serverLog).suffix(8_000))")
      folder.killAll()
      await loop.stop()
      throw error
    }
  }

  private static func start(
    _ settings: [String: String], _ environment: [String: String], in folder: ServerFolder,
    on loop: EventLoop
  ) async throws -> ServerProcess {
    var values = [
      "livy.spark.master": "local[2]",
      "livy.server.driver": try Surroundings.value("LIVY_TEST_DRIVER"),
      // What a rehearsal takes of the machine would be missing elsewhere.
      "livy.server.cds.enabled": "false",
    ]
    values.merge(settings) { $1 }
    var options = ChildProcessOptions(
      executable: try Surroundings.value("LIVY_TEST_SERVER"),
      arguments: ["server", "--port", "0"]
        + values.sorted { $0.key < $1.key }.flatMap { ["--set", "\($0.key)=\($0.value)"] })
    var variables = Surroundings.forPrograms.merging(environment) { $1 }
    variables["LIVY_CONF_DIR"] = folder.conf
    variables["LIVY_STATE_DIR"] = folder.state
    let mark = folder.mark.split(separator: "=").map(String.init)
    variables[mark[0]] = mark[1]
    options.environment = .exactly(variables)
    options.descriptors = [
      .null, .file(folder.serverOutput, .truncate), .file(folder.serverLog, .append),
    ]
    options.session = .own
    let process = try await ChildProcess.spawn(options, on: loop)
    let url = try await listening(process, in: folder)
    return ServerProcess(process, folder, try LivyClient(url))
  }

  /// The address that the server prints.
  private static func listening(
    _ process: ChildProcess, in folder: ServerFolder
  ) async throws -> String {
    let announcement = "livy server: listening on "
    let line = Mutex("")
    _ = await eventually {
      let lines = folder.text(of: folder.serverOutput).split(separator: "\n")
      if let found = lines.first(where: { $0.hasPrefix(announcement) }) {
        line.withLock { $0 = String(found.dropFirst(announcement.count)) }
      }
      return line.withLock { !$0.isEmpty } || RunningProcess(pid: process.pid) == nil
    }
    let url = line.withLock { $0 }
    try #require(!url.isEmpty, "the server did not start:\n\(folder.text(of: folder.serverLog))")
    return url
  }

  private init(_ process: ChildProcess, _ folder: ServerFolder, _ client: LivyClient) {
    self.process = process
    self.folder = folder
    self.client = client
    exit = Task { await process.waitForExit() }
  }

  var pid: Int32 { process.pid }

  /// Asks the server to stop, and waits for its end.
  func stop() async -> ChildProcess.ExitStatus {
    await process.signal(SIGTERM, to: .process)
    return await exit.value
  }

  /// Ends the server without a word.
  func kill9() async -> ChildProcess.ExitStatus {
    await process.signal(SIGKILL, to: .process)
    return await exit.value
  }

  /// What runs for sessions: all that carries the mark, but the server.
  var sessionProcesses: [RunningProcess] {
    folder.processes.filter { $0.pid != pid }
  }

  /// What runs for sessions under a program's name, `livy-driver` or `java`.
  func sessionProcesses(named name: String) -> [RunningProcess] {
    sessionProcesses.filter { $0.name == name }
  }

  /// Fails the test if processes of sessions go on.
  func expectNoSessionProcess(sourceLocation: SourceLocation = #_sourceLocation) async {
    let isEmpty = await eventually { self.sessionProcesses.isEmpty }
    #expect(isEmpty, "left: \(sessionProcesses)", sourceLocation: sourceLocation)
  }
}
