// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore
internal import Transport

/// One run of Spark in which a driver does what sessions do, without a server and without a user's
/// data, so that its JVM knows which classes to archive at its end.
///
/// It runs on this machine alone and is reached from it alone, whatever the master of sessions is,
/// and gives way to everything else that runs.
struct ArchiveRehearsal: Sendable {
  let settings: LaunchSettings
  let shelf: ArchiveShelf
  let key: ArchiveKey
  let loop: EventLoop
  private let tag: SessionUUID

  init(of key: ArchiveKey, _ settings: LaunchSettings, on shelf: ArchiveShelf, loop: EventLoop) {
    self.key = key
    self.settings = settings
    self.shelf = shelf
    self.loop = loop
    var generator = SystemRandomNumberGenerator()
    tag = SessionUUID(using: &generator)
  }

  /// Puts the archive on its shelf. A cancelled task ends the run. Whatever comes of it, nothing
  /// else is left, neither processes nor files.
  func run() async throws(LivyError) {
    let part = shelf.part(of: key, tag)
    let files = SessionFiles(folder: shelf.workFolder(of: key, tag))
    defer {
      FileSystem.removeTree(files.folder)
      unlink(part)
    }
    let line = SparkSubmitLine(
      rehearsing: ArchiveOptions.making(part), tag, settings, files: files,
      confFolder: shelf.emptyFolder)
    let folder = SessionFolder(files: files)
    try folder.write(properties: line.properties)
    try folder.writeBootstrap()
    try await run(line, files)
    try shelf.take(part, as: key)
  }

  private func run(_ line: SparkSubmitLine, _ files: SessionFiles) async throws(LivyError) {
    let process = try await start(line, files)
    // Its children begin with it.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(process.pid), Self.lowestPriority)
    let exit = await withTaskGroup(of: ChildProcess.ExitStatus?.self) { group in
      group.addTask { await process.waitForExit() }
      group.addTask { [limit = shelf.limits.rehearsalTimeMax] in
        try? await ContinuousClock().sleep(for: limit)
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      // What Spark leaves of itself; where the time is over, all of it.
      var ending = ApplicationEnding(
        processes: TaggedProcesses(of: tag, limits: settings.limits), limits: settings.limits)
      await ending.run()
      return first
    }
    guard exit == .exited(0) else {
      let how =
        exit.map { "ended with \($0)" } ?? "took longer than \(shelf.limits.rehearsalTimeMax)"
      throw LivyError(.launchFailed, "the rehearsal \(how): \(lastWords(files))")
    }
  }

  private func lastWords(_ files: SessionFiles) -> String {
    let log = LogTail(path: files.standardOutput, bytesMax: shelf.limits.reasonBytesMax)
    return log.lines(max: 5).joined(separator: " / ")
  }

  private static let lowestPriority: Int32 = 19

  private func start(
    _ line: SparkSubmitLine, _ files: SessionFiles
  ) async throws(LivyError) -> ChildProcess {
    var options = ChildProcessOptions(executable: line.executable, arguments: line.arguments)
    options.environment = .exactly(line.environment)
    options.workingDirectory = files.work
    options.descriptors = [
      .null, .file(files.standardOutput, .append), .file(files.standardOutput, .append),
    ]
    options.session = .own
    do {
      return try await ChildProcess.spawn(options, on: loop)
    } catch {
      throw LivyError(.launchFailed, "spark-submit could not be started", cause: error)
    }
  }
}

extension SparkSubmitLine {
  /// A driver without a server: nothing of what an operator or a user sets for sessions.
  init(
    rehearsing options: [String], _ tag: SessionUUID, _ settings: LaunchSettings,
    files: SessionFiles, confFolder: String
  ) {
    executable = settings.sparkSubmit
    arguments = [
      "--properties-file", files.properties, files.bootstrap, DriverInvocation.rehearsal,
    ]
    environment = Self.environment(settings, tag: tag)
    environment[ArchiveOptions.variable] = options.joined(separator: " ")
    environment["SPARK_CONF_DIR"] = confFolder
    environment["SPARK_LOCAL_IP"] = "127.0.0.1"
    properties = JavaProperties([
      "spark.app.name": "livy-rehearsal",
      "spark.master": "local[1]",
      "spark.submit.deployMode": "client",
      "spark.driver.bindAddress": "127.0.0.1",
      "spark.driver.host": "127.0.0.1",
      "spark.ui.port": "0",
      "spark.pyspark.driver.python": settings.driverExecutable,
    ])
    hive = nil
  }
}
