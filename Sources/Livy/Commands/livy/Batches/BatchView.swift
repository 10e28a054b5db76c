// SPDX-License-Identifier: Apache-2.0

internal import Livy
internal import Synchronization

/// Tells a person what a batch is doing: its states to standard error, what it writes to standard
/// output.
final class BatchView: Sendable {
  private struct Seen {
    var state: Batch.State?
    var log = LogFollower()
  }

  private let terminal: Terminal
  private let showsLog: Bool
  private let showsStates: Bool
  private let seen = Mutex(Seen())

  init(_ terminal: Terminal, showsLog: Bool, showsStates: Bool) {
    self.terminal = terminal
    self.showsLog = showsLog
    self.showsStates = showsStates
  }

  func show(_ batch: Batch, _ log: [String]) {
    let parts = BatchLog(log)
    let (isNew, fresh) = seen.withLock { seen in
      defer { seen.state = batch.state }
      let fresh = seen.log.fresh(of: parts.output, isComplete: batch.state.isFinished)
      return (seen.state != batch.state, fresh)
    }
    let isOver = batch.state.isFinished
    if isNew, !isOver { say(batch) }
    if showsLog { show(fresh) }
    guard isOver else { return }
    if isNew { say(batch) }
    for line in parts.notes { terminal.note("livy: " + SafeText.line(line)) }
  }

  private func say(_ batch: Batch) {
    guard showsStates else { return }
    let text = "batch \(batch.id)  \(batch.state)"
    terminal.note(terminal.styled(SafeText.line(text), .faint, shown: terminal.isErrorShown))
  }

  private func show(_ fresh: LogFollower.Fresh) {
    if fresh.hasGap {
      terminal.note("livy: the batch wrote faster than the server keeps lines; some are not shown")
    }
    for line in fresh.lines {
      terminal.show(terminal.isOutputShown ? SafeText.line(line) : line)
    }
  }
}

/// The parts of a batch's log: `stdout: `, what it wrote, `\nstderr: `, what the server has to say.
struct BatchLog: Equatable {
  var output: [String]
  var notes: [String]

  init(_ lines: [String]) {
    let body = lines.first == "stdout: " ? lines.dropFirst() : lines[...]
    let end = body.lastIndex(of: "\nstderr: ") ?? body.endIndex
    output = Array(body[..<end])
    notes = body[end...].dropFirst().filter { !$0.isEmpty }
  }
}

/// Finds what is new in a log of which only the newest lines are kept: their numbers say nothing, so
/// the end of what was seen is looked for in what is there now.
struct LogFollower: Equatable {
  struct Fresh: Equatable {
    var lines: [String] = []
    /// Lines before these are lost.
    var hasGap = false
  }

  private var seen: [String] = []

  /// The last line may still grow, so it is held back until the log is complete.
  mutating func fresh(of window: [String], isComplete: Bool) -> Fresh {
    let now = isComplete ? window : Array(window.dropLast())
    defer { if !now.isEmpty { seen = now } }
    guard !seen.isEmpty, !now.isEmpty else { return Fresh(lines: now) }
    for lost in seen.indices {
      let rest = seen[lost...]
      if now.starts(with: rest) { return Fresh(lines: Array(now.dropFirst(rest.count))) }
    }
    return Fresh(lines: now, hasGap: true)
  }
}
