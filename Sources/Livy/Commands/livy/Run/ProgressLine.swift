// SPDX-License-Identifier: Apache-2.0

internal import Livy
internal import Synchronization

/// Tells a person what a session and its statement are doing: one line for each phase, and one that
/// moves while code runs.
final class ProgressLine: Sendable {
  private struct Seen {
    var phases = 0
    var isMoving = false
  }

  private let terminal: Terminal
  private let started = ContinuousClock.now
  private let seen = Mutex(Seen())

  init(_ terminal: Terminal) {
    self.terminal = terminal
  }

  func show(_ start: SessionPhases) {
    let fresh = seen.withLock { seen in
      defer { seen.phases = max(seen.phases, start.phases.count) }
      return start.phases.dropFirst(seen.phases)
    }
    for phase in fresh {
      let seconds = Self.seconds(milliseconds: phase.at - start.created)
      say("session \(start.id)  \(Self.words(for: phase.name))", after: seconds)
    }
  }

  func show(_ statement: Statement) {
    guard terminal.isErrorShown, !statement.state.isFinished else { return }
    seen.withLock { $0.isMoving = true }
    terminal.progress(
      Self.bar(statement.progress) + "  " + SafeText.line("\(statement.state)"))
  }

  /// The newest line of a log, until the next one.
  func show(log line: String) {
    guard terminal.isErrorShown else { return }
    seen.withLock { $0.isMoving = true }
    terminal.progress("         " + SafeText.line(line))
  }

  /// Takes away the line that moves.
  func clear() {
    let isMoving = seen.withLock { seen in
      defer { seen.isMoving = false }
      return seen.isMoving
    }
    if isMoving { terminal.progress("") }
  }

  private func say(_ text: String, after seconds: String) {
    clear()
    let time = terminal.styled("\(seconds) s", .faint, shown: terminal.isErrorShown)
    terminal.note("\(time)  \(SafeText.line(text))")
  }

  static func words(for phase: String) -> String {
    switch phase {
    case "submitting": "starting Spark"
    case "accepted": "the driver is there and was given its certificate"
    case "connected": "the driver is connected"
    case "ready": "ready: SparkSession and interpreter work"
    default: phase
    }
  }

  static func bar(_ progress: Double) -> String {
    let cells = 24
    let share = progress.isFinite ? min(max(progress, 0), 1) : 0
    let full = Int(share * Double(cells))
    let percent = Int(share * 100)
    return "[" + String(repeating: "#", count: full)
      + String(repeating: ".", count: cells - full) + "] \(percent)%"
  }

  /// With one digit behind the point, right-aligned. Clocks of two machines may disagree: never
  /// below zero.
  static func seconds(milliseconds: Int64) -> String {
    let tenths = max(milliseconds, 0) / 100
    let text = "\(tenths / 10).\(tenths % 10)"
    return String(repeating: " ", count: max(0, 5 - text.count)) + text
  }
}
