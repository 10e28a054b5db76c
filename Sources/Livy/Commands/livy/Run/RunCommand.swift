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

  @Option(help: "Run in this session, by number or name, and leave it as it is.")
  var session: String?

  @Flag(help: "Print the statement as the server's JSON.")
  var json = false

  @Flag(help: "No phases and no progress.")
  var quiet = false

  @OptionGroup var new: NewSessionOptions
  @OptionGroup var server: ServerOptions

  func validate() throws {
    if session != nil, new.isGiven {
      throw ValidationError(
        "--session runs in a session that is there: leave out what is for a new one")
    }
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
      new.request(kind: kind ?? "pyspark"), startWithin: new.startTimeMax,
      onChange: { run.line?.show($0) },
      { session in try await run.outcome(of: source.code, kind: kind, in: .id(session.id)) })
  }
}
