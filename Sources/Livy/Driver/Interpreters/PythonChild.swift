// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Transport

/// How the Python of a session is started.
package struct PythonOptions: Sendable {
  /// A path, or a name that is looked up in PATH.
  package var executable: String
  /// All of the child's environment: the driver's own, in which Spark put the gateway's port and
  /// secret.
  package var environment: [String: String]
  package var workingDirectory: String?
  /// Whether a statement's last expression also gives the richer forms of its value.
  package var richOutput = false
  package var limits = PythonLimits()

  /// Chooses Python as Spark does: `PYSPARK_DRIVER_PYTHON`, in which the server has put
  /// `spark.pyspark.driver.python`, then `PYSPARK_PYTHON`, in which Spark has put
  /// `spark.pyspark.python`, then `python3`.
  package init(environment: [String: String]) {
    let chosen = ["PYSPARK_DRIVER_PYTHON", "PYSPARK_PYTHON"].compactMap { environment[$0] }
    executable = chosen.first { !$0.isEmpty } ?? "python3"
    self.environment = environment
  }

  /// Among the files that Spark has brought: there `./env/bin/python` is the one of the archive
  /// `venv.tar.gz#env`. An executor on a node of its own has such a folder, too; a local one shares
  /// the driver's, and has to be told where it is.
  package func placed(in application: SparkApplication) -> PythonOptions {
    var placed = self
    let folder = application.filesFolder
    placed.workingDirectory = folder
    placed.executable = Self.absolute(executable, in: folder)
    if application.isLocal, let workers = environment["PYSPARK_PYTHON"] {
      placed.environment["PYSPARK_PYTHON"] = Self.absolute(workers, in: folder)
    }
    return placed
  }

  /// Neither Python lies among those files, so it can be started before Spark.
  var isPlaced: Bool {
    let names = [executable, environment["PYSPARK_PYTHON"] ?? ""]
    return names.allSatisfy { !$0.contains("/") || $0.hasPrefix("/") }
  }

  /// A name without a slash is looked up in PATH.
  private static func absolute(_ executable: String, in folder: String) -> String {
    guard executable.contains("/"), !executable.hasPrefix("/") else { return executable }
    return "\(folder)/\(executable.hasPrefix("./") ? String(executable.dropFirst(2)) : executable)"
  }

  /// The programs come through stdin: argv is open to every user, and a file would have to be put
  /// somewhere.
  private static let loader = """
    import sys
    for name, text in zip(sys.argv[5:], sys.stdin.buffer.read().split(b'\\0')):
      exec(compile(text, name, 'exec'), globals())
    """

  /// In the order in which they are read; `python_pipes.py` says more.
  private static let scripts: [(name: String, text: [UInt8])] = [
    ("python_pipes.py", PackageResources.python_pipes_py),
    ("python_results.py", PackageResources.python_results_py),
    ("python_completion.py", PackageResources.python_completion_py),
    ("python_jobs.py", PackageResources.python_jobs_py),
    ("python_runner.py", PackageResources.python_runner_py),
  ]

  package var arguments: [String] {
    ["-c", Self.loader, "3", "4", String(limits.outputBytesMax), richOutput ? "rich" : "plain"]
      + Self.scripts.map(\.name)
  }

  /// All scripts, with a zero byte between them.
  package var script: [UInt8] {
    Array(Self.scripts.map(\.text).joined(separator: [0]))
  }

  var process: ChildProcessOptions {
    var process = ChildProcessOptions(executable: executable, arguments: arguments)
    process.environment = .exactly(environment)
    process.workingDirectory = workingDirectory
    process.descriptors = [
      .pipe(.toChild), .pipe(.fromChild), .pipe(.fromChild), .pipe(.toChild), .pipe(.fromChild),
    ]
    process.session = .own
    return process
  }
}

/// A running child and our ends of its pipes. Confined to its loop, except for `end`.
struct PythonChild {
  let process: ChildProcess
  let script: any ByteStream
  let output: any ByteStream
  let errors: any ByteStream
  let requests: any ByteStream
  let replies: any ByteStream

  init?(_ process: ChildProcess) {
    let pipes = (0...4).compactMap { process.pipe($0)?.value }
    guard pipes.count == 5 else { return nil }
    self.process = process
    script = pipes[0]
    output = pipes[1]
    errors = pipes[2]
    requests = pipes[3]
    replies = pipes[4]
  }

  /// Kills the child and what is left of its group, and returns after its exit.
  func end() async {
    endPipes()
    await process.signal(SIGKILL, to: .group)
    _ = await process.waitForExit()
  }

  func endPipes() {
    for pipe in [script, output, errors, requests, replies] { pipe.cancel() }
  }
}
