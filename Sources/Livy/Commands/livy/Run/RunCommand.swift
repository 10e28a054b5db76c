// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy run`
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run code in a session of its own, print the result, end the session.",
    discussion: """
      CODE is the code itself, the name of a file, or - for standard input:

        livy run '1 + 1'
        livy run --kind sql 'SELECT 1 AS one'
        livy run --conf spark.sql.shuffle.partitions=8 report.py
        echo 'spark.version' | livy run -

      The phases of the start and the progress go to standard error, the result to standard \
      output. Ctrl-C cancels the statement that runs and ends the session; a second one leaves \
      both as they are.

      \(CommandStatus.help)
      """)

  @Argument(help: "Code, the name of a file, or - for standard input.")
  var code: String

  @Option(
    help: "pyspark, sql, spark or sparkr; else what the file's name says, else pyspark.")
  var kind: String?

  @Option(name: .customLong("conf"), help: "Spark conf, as NAME=VALUE. May be repeated.")
  var conf: [String] = []

  @Option(help: "A name for the session.")
  var name: String?

  @Option(help: "Memory of the Spark driver, for example 2g.")
  var driverMemory: String?

  @Option(help: "Run in this session, by number or name, and leave it as it is.")
  var session: String?

  @Option(help: "Seconds to wait until the session has started.")
  var startTimeout = 600

  @Flag(help: "Print the statement as the server's JSON.")
  var json = false

  @Flag(help: "No phases and no progress.")
  var quiet = false

  @OptionGroup var server: ServerOptions

  func validate() throws {
    guard startTimeout > 0 else { throw ValidationError("--start-timeout: write seconds above 0") }
    let forNew = !conf.isEmpty || name != nil || driverMemory != nil
    if session != nil, forNew {
      throw ValidationError(
        "--session runs in a session that is there: leave out what is for a new one")
    }
    _ = try SparkConf.values(conf)
  }

  func run() async throws {
    let terminal = Terminal.current
    let livy = try server.client()
    let source = try CodeSource.read(code)
    let running = RunningStatement(
      livy, note: "livy: cancelling the statement; Ctrl-C again leaves it",
      say: { terminal.note("\n" + $0) })
    let run = StatementRun(
      livy: livy, terminal: terminal, running: running,
      line: quiet ? nil : ProgressLine(terminal), isFollowed: terminal.isOutputShown && !json)
    let statement = try await Interrupts.cancel(
      session == nil ? "livy: ending the session; Ctrl-C again leaves it" : "livy: stopping",
      on: terminal, breakOff: { await running.cancel() }
    ) {
      try await outcome(of: source, livy, run)
    }
    if json { terminal.show(JSONWriter.text(of: statement)) }
    try json ? StatementRun.check(statement) : run.show(statement)
  }

  private func outcome(
    of source: CodeSource, _ livy: LivyClient, _ run: StatementRun
  ) async throws -> Statement {
    defer { run.line?.clear() }
    let kind = kind ?? source.kind
    if let session {
      return try await run.outcome(of: source.code, kind: kind, in: SessionReference(session))
    }
    return try await livy.withSession(
      request(kind: kind), startWithin: .seconds(startTimeout), onChange: { run.line?.show($0) },
      { session in try await run.outcome(of: source.code, kind: kind, in: .id(session.id)) })
  }

  private func request(kind: String?) throws -> CreateSession {
    var request = CreateSession(kind: kind ?? "pyspark")
    request.conf = try SparkConf.values(conf)
    request.name = name
    request.driverMemory = driverMemory
    return request
  }
}
