// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import Livy

/// `livy batch run`
struct BatchRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run an application to its end, and show what it writes.",
    discussion: """
      FILE is a Python file or a JAR: a URI, or a path on the server's machine, which has to lie in a folder of \
      livy.file.local-dir-whitelist. All that follows it goes to the application:

        livy batch run /data/jobs/report.py 2024-03-01 --verbose
        livy batch run --conf spark.sql.shuffle.partitions=8 hdfs:///jobs/report.py
        livy batch run --class org.example.Report /data/jobs/report.jar
        livy batch run --no-wait --name nightly /data/jobs/report.py

      What the application writes goes to standard output, its states to standard error. Ctrl-C ends the batch. With \
      --no-wait the number of the batch is printed, and nothing more. An argument can be read by others on the \
      server's machine: secrets belong into --conf.

      \(CommandStatus.help)
      """)

  @Option(name: .customLong("class"), help: "Main class, for a JAR.")
  var mainClass: String?

  @Option(name: .customLong("conf"), help: "Spark conf, as NAME=VALUE. May be repeated.")
  var conf: [String] = []

  @Option(help: "A name for the batch.")
  var name: String?

  @Option(help: "Memory of the Spark driver, for example 2g.")
  var driverMemory: String?

  @Option(help: "Memory of an executor, for example 4g.")
  var executorMemory: String?

  @Option(name: .customLong("py-file"), help: "URI of a Python file to import. May be repeated.")
  var pythonFiles: [String] = []

  @Option(name: .customLong("jar"), help: "URI of a JAR. May be repeated.")
  var jars: [String] = []

  @Option(name: .customLong("file"), help: "URI of a file for the executors. May be repeated.")
  var files: [String] = []

  @Flag(help: "Print the number of the batch and leave it to itself.")
  var noWait = false

  @Flag(help: "Print the batch as the server's JSON, at its end, in place of what it writes.")
  var json = false

  @Flag(help: "No states.")
  var quiet = false

  @OptionGroup var server: ServerOptions

  @Argument(help: "The application.")
  var file: String

  @Argument(parsing: .captureForPassthrough, help: "Arguments of the application.")
  var arguments: [String] = []

  func validate() throws {
    _ = try SparkConf.values(conf)
  }

  func run() async throws {
    let terminal = Terminal.current
    let livy = try server.client()
    let request = try request()
    if noWait {
      let batch = try await livy.createBatch(request)
      terminal.show(json ? JSONWriter.text(of: batch) : String(batch.id))
      return
    }
    let batch = try await Interrupts.cancel(
      "livy: ending the batch; Ctrl-C again leaves it", on: terminal
    ) {
      try await outcome(of: request, livy, terminal)
    }
    if json { terminal.show(JSONWriter.text(of: batch)) }
    guard batch.state == .success else { throw ExitCode(CommandStatus.failed.rawValue) }
  }

  /// A cancelled wait ends the batch.
  private func outcome(
    of request: CreateBatch, _ livy: LivyClient, _ terminal: Terminal
  ) async throws -> Batch {
    // A cancelled POST might leave a batch that nobody knows, so it runs in a task of its own, and
    // so does the end.
    let created = try await Task { try await livy.createBatch(request) }.value
    let view = BatchView(terminal, showsLog: !json, showsStates: !quiet)
    do {
      return try await livy.follow(.id(created.id)) { batch, log in view.show(batch, log) }
    } catch {
      if Task.isCancelled {
        _ = try? await Task { try await livy.deleteBatch(.id(created.id)) }.value
      }
      throw error
    }
  }

  private func request() throws -> CreateBatch {
    var request = CreateBatch(file: Self.absolute(file))
    request.args = arguments
    request.className = mainClass
    request.conf = try SparkConf.values(conf)
    request.name = name
    request.driverMemory = driverMemory
    request.executorMemory = executorMemory
    request.pyFiles = pythonFiles.map(Self.absolute)
    request.jars = jars.map(Self.absolute)
    request.files = files.map(Self.absolute)
    return request
  }

  /// A relative path means a file here, which the server has to see at the same place; a URI stays
  /// as it is.
  static func absolute(_ file: String) -> String {
    let isPath = !file.contains(":") && !file.hasPrefix("/") && !file.isEmpty
    return isPath ? FileManager.default.currentDirectoryPath + "/" + file : file
  }
}
