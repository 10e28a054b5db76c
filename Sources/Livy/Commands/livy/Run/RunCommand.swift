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
    let running = RunningStatement(livy, on: terminal)
    let live = LiveOutput()
    let statement = try await Interrupts.cancel(
      session == nil ? "livy: ending the session; Ctrl-C again leaves it" : "livy: stopping",
      on: terminal, breakOff: { await running.cancel() }
    ) {
      try await outcome(of: source, livy, running, live, terminal)
    }
    try show(statement, behind: live, on: terminal)
  }

  private func outcome(
    of source: CodeSource, _ livy: LivyClient, _ running: RunningStatement, _ live: LiveOutput,
    _ terminal: Terminal
  ) async throws -> Statement {
    let line = quiet ? nil : ProgressLine(terminal)
    defer { line?.clear() }
    let kind = kind ?? source.kind
    let run: @Sendable (SessionReference) async throws -> Statement = { reference in
      running.isBeingSubmitted()
      let onOutput: @Sendable (Int, String) async -> Void = { offset, text in
        let fresh = live.fresh(text, offset: offset)
        guard !fresh.isEmpty else { return }
        line?.clear()
        terminal.write(SafeText.block(fresh))
      }
      // A file or a pipe gets the result alone, as it is.
      let isFollowed = terminal.isOutputShown && !json
      let statement = try await livy.run(
        source.code, kind: kind, in: reference,
        onChange: {
          running.saw($0, of: reference)
          line?.show($0)
        }, onOutput: isFollowed ? onOutput : nil)
      line?.clear()
      return statement
    }
    if let session { return try await run(SessionReference(session)) }
    return try await livy.withSession(
      request(kind: kind), startWithin: .seconds(startTimeout), onChange: { line?.show($0) },
      { session in try await run(.id(session.id)) })
  }

  private func request(kind: String?) throws -> CreateSession {
    var request = CreateSession(kind: kind ?? "pyspark")
    request.conf = try SparkConf.values(conf)
    request.name = name
    request.driverMemory = driverMemory
    return request
  }

  private func show(
    _ statement: Statement, behind live: LiveOutput, on terminal: Terminal
  ) throws {
    if json { terminal.show(JSONWriter.text(of: statement)) }
    guard statement.state != .cancelled else {
      throw CommandFailure(.interrupted, "livy: the statement was cancelled")
    }
    switch statement.output {
    case .ok(_, let bundle)?:
      guard !json else { return }
      let text = live.rest(
        of: ResultText.text(bundle, columns: terminal.isOutputShown ? terminal.columns : nil))
      guard !text.isEmpty else { return }
      terminal.show(terminal.isOutputShown ? SafeText.block(text) : text)
    case .error(_, let error)?:
      guard !json else { throw ExitCode(CommandStatus.failed.rawValue) }
      throw CommandFailure(.failed, SafeText.block(ResultText.text(error)))
    case nil:
      throw CommandFailure(.failed, "livy: the statement is \(statement.state) and has no result")
    }
  }
}
