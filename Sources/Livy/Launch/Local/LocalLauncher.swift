// SPDX-License-Identifier: Apache-2.0

package import LivyCore
package import Transport

/// Starts applications whose driver runs on this machine: a local master, or client mode on a
/// cluster.
package struct LocalLauncher: Launcher {
  let settings: LaunchSettings
  private let loop: EventLoop
  /// Nil where no archives of classes are used.
  private let archives: DriverArchives?

  /// `loop` is where the ends of processes are noticed.
  package init(
    _ settings: LaunchSettings, archives: DriverArchives? = nil, on loop: EventLoop
  ) {
    self.settings = settings
    self.archives = archives
    self.loop = loop
  }

  /// Throws `.configuration` where the operator has to mend a setting, else `.launchFailed`. Then
  /// nothing secret is left on disk.
  package func launch(_ order: LaunchOrder) async throws(LivyError) -> any LaunchedApplication {
    let chosen = try settings.choosing(by: order.program.conf)
    return try await LocalLauncher(chosen, archives: archives, on: loop).start(order)
  }

  private func start(_ order: LaunchOrder) async throws(LivyError) -> LocalApplication {
    try checkExecutables(for: order.program)
    let defaults = try sparkDefaults()
    let folder = SessionFolder(of: order.tag, in: settings.stateFolder)
    var line = SparkSubmitLine(
      order: order, settings: settings, defaults: defaults, files: folder.files)
    if let archives { line = await archives.hasten(line, settings) }
    do {
      try folder.write(properties: line.properties, for: order.program)
      try line.hive?.write(in: folder.files, limits: settings.limits)
      let process = try await start(line, order.program, in: folder)
      folder.note(process.pid)
      return LocalApplication(order.tag, process, folder: folder, limits: settings.limits)
    } catch {
      folder.removeSecrets()
      throw error
    }
  }

  package func adopt(_ tag: SessionUUID) async -> (any LaunchedApplication)? {
    AdoptedApplication(
      tag, in: SessionFolder(of: tag, in: settings.stateFolder), limits: settings.limits)
  }

  private func checkExecutables(for program: LaunchOrder.Program) throws(LivyError) {
    guard FileSystem.isExecutable(settings.sparkSubmit) else {
      throw LivyError(
        .configuration,
        "no executable spark-submit at \(settings.sparkSubmit); set livy.server.spark-home, or "
          + "SPARK_HOME, to the folder of a Spark distribution")
    }
    guard case .session = program else { return }
    guard FileSystem.isExecutable(settings.driverExecutable) else {
      throw LivyError(
        .configuration,
        "no executable livy-driver at \(settings.driverExecutable); build it, or set its path")
    }
  }

  private func sparkDefaults() throws(LivyError) -> JavaProperties {
    let path = settings.sparkDefaults
    let bytesMax = settings.limits.sparkDefaultsBytesMax
    guard let bytes = try FileSystem.read(.first, bytesMax + 1, of: path) else {
      return JavaProperties()
    }
    guard bytes.count <= bytesMax else {
      throw LivyError(.configuration, "\(path) is larger than \(bytesMax) bytes")
    }
    do {
      return try JavaProperties(parsing: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw LivyError(.configuration, "\(path) cannot be read: \(error.message)")
    }
  }

  private func start(
    _ line: SparkSubmitLine, _ program: LaunchOrder.Program, in folder: SessionFolder
  ) async throws(LivyError) -> ChildProcess {
    var options = ChildProcessOptions(executable: line.executable, arguments: line.arguments)
    options.environment = .exactly(line.environment)
    options.workingDirectory = folder.files.work
    // Files, not pipes: a driver that outlives the server can go on writing.
    options.descriptors = [
      .null, .file(folder.files.standardOutput, .append),
      .file(folder.files.errorFile(of: program), .append),
    ]
    options.session = .own
    options.lifetime = .mayOutliveUs
    do {
      return try await ChildProcess.spawn(options, on: loop)
    } catch {
      throw LivyError(.launchFailed, "spark-submit could not be started", cause: error)
    }
  }
}
