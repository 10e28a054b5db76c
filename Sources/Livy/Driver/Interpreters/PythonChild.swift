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
  package var limits = PythonLimits()

  /// Chooses Python as Spark does: `PYSPARK_PYTHON`, in which Spark has put `spark.pyspark.python`
  /// where that is set, then `python3`.
  package init(environment: [String: String]) {
    let chosen = environment["PYSPARK_PYTHON"] ?? ""
    executable = chosen.isEmpty ? "python3" : chosen
    self.environment = environment
  }

  /// The programs come through stdin: argv is open to every user, and a file would have to be put
  /// somewhere.
  package static let loader = """
    import sys
    for name, text in zip(('python_jobs.py', 'python_runner.py'), sys.stdin.buffer.read().split(b'\\0')):
      exec(compile(text, name, 'exec'), globals())
    """

  package var script: [UInt8] {
    PackageResources.python_jobs_py + [0] + PackageResources.python_runner_py
  }

  var process: ChildProcessOptions {
    var process = ChildProcessOptions(
      executable: executable, arguments: ["-c", Self.loader, "3", "4"])
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
