// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// One statement from its code to what standard output shows of it.
struct StatementRun: Sendable {
  let livy: LivyClient
  let terminal: Terminal
  let running: RunningStatement
  let line: ProgressLine?
  /// What it prints is shown while it runs. A file or a pipe gets the result alone, as it is.
  let isFollowed: Bool
  private let live = LiveOutput()

  init(
    livy: LivyClient, terminal: Terminal, running: RunningStatement, line: ProgressLine?,
    isFollowed: Bool
  ) {
    self.livy = livy
    self.terminal = terminal
    self.running = running
    self.line = line
    self.isFollowed = isFollowed
  }

  func outcome(
    of code: String, kind: String?, in reference: SessionReference
  ) async throws -> Statement {
    running.isBeingSubmitted()
    let onOutput: @Sendable (Int, String) async -> Void = { offset, text in
      let fresh = live.fresh(text, offset: offset)
      guard !fresh.isEmpty else { return }
      line?.clear()
      terminal.write(SafeText.block(fresh))
    }
    let statement = try await livy.run(
      code, kind: kind, in: reference,
      onChange: {
        running.saw($0, of: reference)
        line?.show($0)
      }, onOutput: isFollowed ? onOutput : nil)
    line?.clear()
    return statement
  }

  /// What of the result is not shown yet. Throws when the statement failed.
  func show(_ statement: Statement) throws {
    guard statement.state != .cancelled else { return try Self.check(statement) }
    switch statement.output {
    case .ok(_, let bundle)?:
      let text = live.rest(
        of: ResultText.text(bundle, columns: terminal.isOutputShown ? terminal.columns : nil))
      guard !text.isEmpty else { return }
      terminal.show(terminal.isOutputShown ? SafeText.block(text) : text)
    case .error(_, let error)?:
      throw CommandFailure(.failed, SafeText.block(ResultText.text(error)))
    case nil: try Self.check(statement)
    }
  }

  /// Throws when the statement failed; says no more than its JSON does not.
  static func check(_ statement: Statement) throws {
    guard statement.state != .cancelled else {
      throw CommandFailure(.interrupted, "livy: the statement was cancelled")
    }
    switch statement.output {
    case .ok?: return
    case .error?: throw ExitCode(CommandStatus.failed.rawValue)
    case nil:
      let state = SafeText.line("\(statement.state)")
      throw CommandFailure(.failed, "livy: the statement is \(state) and has no result")
    }
  }
}
