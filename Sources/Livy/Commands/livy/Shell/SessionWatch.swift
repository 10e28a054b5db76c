// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// Hears of the session while nobody asks: that it has ended, that something holds it.
struct SessionWatch: Sendable {
  let livy: LivyClient
  let session: OpenSession
  let input: ShellInput

  /// Until the session is over, or the task is cancelled. A server that is away is asked again.
  func run() async {
    while !Task.isCancelled {
      do {
        try await livy.follow(session.reference) { news in
          switch news {
          case .held(let statement):
            input.post(
              .told(
                "statement \(statement) was cancelled, but its code goes on: nothing else runs until it ends"
              ))
          // The stream may go on for a while: the driver is still being ended.
          case .session(_, let state) where state.isFinished: input.post(.sessionEnded)
          default: break
          }
        }
        return input.post(.sessionEnded)
      } catch {
        if error.isNotFound {
          // Apache Livy has no such route; then each statement tells how its session is.
          if await isGone() { input.post(.sessionEnded) }
          return
        }
      }
      try? await Task.sleep(for: ShellLimits.followPause)
    }
  }

  private func isGone() async -> Bool {
    do {
      _ = try await livy.session(session.reference)
      return false
    } catch {
      return error.isNotFound
    }
  }
}
