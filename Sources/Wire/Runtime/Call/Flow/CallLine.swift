// SPDX-License-Identifier: Apache-2.0

/// Calls that wait for their turn to send, each once.
///
/// One that is taken out before its turn stays where it is until the turn comes, or until such calls
/// are most of the line: so a peer that cancels calls by the thousand makes no one search for them.
struct CallLine {
  private var calls = Fifo<CallID>()
  /// Those in `calls` that were taken out; never the first.
  private var gone: Set<CallID> = []

  /// Fewer are not worth a look at the whole line.
  private static let goneMax = 64

  var first: CallID? { calls.first }
  var isEmpty: Bool { calls.isEmpty }
  /// With those that are gone.
  var length: Int { calls.count }

  mutating func append(_ call: CallID) {
    if !gone.isEmpty, gone.remove(call) != nil { return }
    calls.append(call)
  }

  mutating func popFirst() {
    _ = calls.popFirst()
    skipGone()
  }

  mutating func remove(_ call: CallID) {
    gone.insert(call)
    skipGone()
    guard gone.count > Self.goneMax, gone.count > calls.count / 2 else { return }
    calls.removeAll { gone.contains($0) }
    gone = []
  }

  private mutating func skipGone() {
    while !gone.isEmpty, let call = calls.first, gone.remove(call) != nil {
      _ = calls.popFirst()
    }
  }
}
