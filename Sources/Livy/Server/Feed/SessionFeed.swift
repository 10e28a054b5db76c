// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// What happened in a session lately, for those who follow it: numbered from 1 without gaps, the
/// newest kept within limits. Lives as long as this run of the server.
package struct SessionFeed: Equatable, Sendable {
  package struct Limits: Equatable, Sendable {
    /// Events that are kept.
    package var eventsMax = 1_000
    /// UTF-8 bytes of printed text in them.
    package var textBytesMax = 1 << 20

    package init() {}
  }

  private let limits: Limits
  private var events: [What] = []
  /// Events before `events[start]` are forgotten; the array is tidied now and then.
  private var start = 0
  private var textBytes = 0
  /// Number of the newest event; 0 before the first.
  package private(set) var last: UInt64 = 0

  package init(limits: Limits = Limits()) {
    self.limits = limits
  }

  package mutating func add(_ what: What) {
    last += 1
    events.append(what)
    textBytes += what.textBytes
    while events.count - start > limits.eventsMax || textBytes > limits.textBytesMax {
      textBytes -= events[start].textBytes
      start += 1
    }
    if start > limits.eventsMax {
      events.removeFirst(start)
      start = 0
    }
  }

  /// Number of the oldest event that is kept; one more than `last` if none is.
  package var first: UInt64 { last + 1 - UInt64(events.count - start) }

  /// The events after number `after`; those that are forgotten are left out.
  package func events(after number: UInt64) -> [SessionEvent] {
    guard number < last else { return [] }
    let from = max(number + 1, first)
    return events.suffix(Int(last + 1 - from)).enumerated().map {
      SessionEvent(number: from + UInt64($0.offset), what: $0.element)
    }
  }

  package typealias What = SessionEvent.What
}

/// Something that happened in a session, as its followers hear of it.
package struct SessionEvent: Equatable, Sendable {
  package enum What: Equatable, Sendable {
    /// What the session shows from here on.
    case session(SessionState)
    /// What a statement shows from here on.
    case statement(StatementID, Statement.State)
    case progress(StatementID, fraction: Double)
    /// A piece of what a statement prints; `offset` counts the UTF-8 bytes before it.
    case printed(StatementID, offset: UInt64, text: String)
    /// A cancelled statement's code goes on: nothing else runs until it has ended.
    case held(StatementID)
  }

  package var number: UInt64
  package var what: What

  package init(number: UInt64, what: What) {
    self.number = number
    self.what = what
  }
}

extension SessionEvent.What {
  fileprivate var textBytes: Int {
    switch self {
    case .printed(_, _, let text): text.utf8.count
    case .session, .statement, .progress, .held: 0
    }
  }

  /// The statement that it is about, if it is about one.
  package var statement: StatementID? {
    switch self {
    case .session: nil
    case .statement(let id, _), .progress(let id, _), .printed(let id, _, _), .held(let id): id
    }
  }
}
