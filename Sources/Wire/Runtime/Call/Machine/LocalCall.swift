// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// A call that this side opened: three halves that end apart. Its slot is free when all three have.
///
///     sending:   queued --first frame--> partly --last frame--> done
///                queued --request before items--> open --end framed--> done
///                partly, open, done --given up--> cancelling --cancel framed--> cancelled
///     receiving: open --response, end or failure--> over
///     caller:    waiting --has its outcome, or gave up--> gone
struct LocalCall: Expiring {
  enum Sending: Equatable {
    /// The peer has not heard of the call.
    case queued
    case partly
    /// Items may follow.
    case open
    /// The cancel is to be framed; it is the last frame.
    case cancelling
    /// What still comes from the peer is dropped, until its last frame.
    case cancelled
    case done
  }

  enum Receiving: Equatable {
    case open
    case over
  }

  enum Caller: Equatable {
    case waiting
    case gone
  }

  var sending = Sending.queued
  var receiving = Receiving.open
  var caller = Caller.waiting
  var deadline = LoopInstant.never
  var outbox = Outbox()
  var partial = PartialMessage()
  /// Of a call with items only.
  var flow: ItemFlow?

  /// Its caller has no outcome yet.
  var isUndecided: Bool { caller == .waiting && !(flow?.inbox.isFinished ?? false) }

  /// The answer is a stream of items.
  var takesItems: Bool { flow?.takesItems ?? false }

  var isOver: Bool { isOverOnWire && caller == .gone }
  var isOverOnWire: Bool {
    switch sending {
    case .queued, .partly, .open, .cancelling: false
    case .cancelled, .done: receiving == .over
    }
  }
}
