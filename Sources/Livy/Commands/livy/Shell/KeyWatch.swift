// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Why the shell is left before its prompt asks again.
enum ShellEnd: Error, Equatable {
  /// `Ctrl-\`
  case asked
  /// The terminal is gone.
  case closed
}

/// Looks at the keys while something else is waited for. Those that are for the next prompt are kept
/// for it.
struct KeyWatch: Sendable {
  let input: ShellInput
  /// Words that come meanwhile.
  let tell: @Sendable (String) async -> Void

  /// What Ctrl-C does.
  enum Interrupt: Sendable {
    case ends(CommandFailure)
    /// Gets the number of those before it.
    case calls(@Sendable (Int) async -> Void)
  }

  func run<Result: Sendable>(
    interrupt: Interrupt,
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await look(interrupt)
        return nil
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  private func look(_ interrupt: Interrupt) async throws {
    var kept: [ShellInput.Event] = []
    defer { input.giveBack(kept) }
    try await withThrowingDiscardingTaskGroup { steps in
      var interrupts = 0
      while let event = await input.next() {
        switch event {
        case .key(.control("c"), _):
          // As every terminal does.
          kept.removeAll { $0.isKey }
          switch interrupt {
          case .ends(let failure): throw failure
          case .calls(let call):
            let before = interrupts
            interrupts += 1
            // Beside this loop, which has to see the next one.
            steps.addTask { await call(before) }
          }
        case .key(.control("\\"), _): throw ShellEnd.asked
        case .key(.control("z"), _): kill(0, SIGTSTP)
        case .closed: throw ShellEnd.closed
        case .told(let text): await tell(text)
        case .resized, .resumed: break
        case .key, .sessionEnded:
          if kept.count < ShellLimits.typedAheadMax { kept.append(event) }
        }
      }
      steps.cancelAll()
    }
  }
}

extension ShellInput.Event {
  fileprivate var isKey: Bool {
    guard case .key = self else { return false }
    return true
  }
}
