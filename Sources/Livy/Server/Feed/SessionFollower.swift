// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Somebody who follows what happens in one session. Holds no place in it: many may follow, and who
/// is slow misses the oldest events, which the numbers show.
package struct SessionFollower: Sendable {
  /// Where the feed of a session stands.
  package struct Standing: Equatable, Sendable {
    /// Names the numbering: another run of the server counts anew.
    package var run: UInt64
    /// Numbers of the oldest event that is kept, and of the newest; `first` is one more than `last`
    /// if none is kept.
    package var first: UInt64
    package var last: UInt64
    package var state: SessionState
  }

  package struct Page: Equatable, Sendable {
    package var events: [SessionEvent]
    /// Nothing will follow: the session is over, or the server stops.
    package var isLast: Bool
  }

  /// Nil for a session that ended under an earlier run of the server.
  let session: InteractiveSession?
  package let id: SessionID
  let pastState: SessionState

  /// Where a follower begins who has seen nothing.
  package func standing() async -> Standing {
    await session?.feedStanding ?? Standing(run: 0, first: 1, last: 0, state: pastState)
  }

  /// The events after number `after`, at once if there are any, else when the next one comes, or
  /// none when `limit` is over, the session has ended, or the caller was cancelled.
  package func events(after number: UInt64, within limit: Duration) async -> Page {
    await session?.events(after: number, within: limit) ?? Page(events: [], isLast: true)
  }

  /// The statement as it is now, and, when it is over, noted as seen. Nil for one that is not kept.
  package func statement(_ id: StatementID) async -> Statement? {
    await session?.pastStatement(id)
  }
}
