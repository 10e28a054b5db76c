// SPDX-License-Identifier: Apache-2.0

internal import Livy
internal import Synchronization

/// The statement that `livy run` or the shell waits for: what a first Ctrl-C cancels.
final class RunningStatement: Sendable {
  private let livy: LivyClient
  private let note: String
  private let say: @Sendable (String) async -> Void
  private let place = Mutex(Place.none)

  private enum Place {
    case none
    /// On its way to the server, which may run it before we have its number.
    case submitting
    case running(id: Int, session: SessionReference)
  }

  /// For the answer of the server that was asked to run it.
  private static let submissionTimeMax: Duration = .seconds(10)
  private static let submissionLook: Duration = .milliseconds(20)

  /// - Parameters:
  ///   - note: what a cancel is told with.
  ///   - say: tells the person of it, or why there is none.
  init(_ livy: LivyClient, note: String, say: @escaping @Sendable (String) async -> Void) {
    self.livy = livy
    self.note = note
    self.say = say
  }

  func isBeingSubmitted() {
    place.withLock { $0 = .submitting }
  }

  func saw(_ statement: Statement, of session: SessionReference) {
    place.withLock {
      $0 = statement.state.isFinished ? .none : .running(id: statement.id, session: session)
    }
  }

  /// False when none runs, or the server does not cancel it.
  func cancel() async -> Bool {
    guard let (id, session) = await submitted() else { return false }
    await say(note)
    do {
      try await livy.cancel(statement: id, of: session)
      return true
    } catch {
      await say(CommandFailure(error).text)
      return false
    }
  }

  private func submitted() async -> (id: Int, session: SessionReference)? {
    let end = ContinuousClock.now + Self.submissionTimeMax
    while ContinuousClock.now < end {
      switch place.withLock({ $0 }) {
      case .none: return nil
      case .running(let id, let session): return (id, session)
      case .submitting: try? await Task.sleep(for: Self.submissionLook)
      }
    }
    return nil
  }
}
