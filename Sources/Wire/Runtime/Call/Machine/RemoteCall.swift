// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// A call that the peer opened: two halves. Its slot is free when the request is whole (or
/// cancelled) and the answer's last frame is framed.
///
///     request: coming --last frame or cancel--> over
///              items --end or cancel--> over
///     answer:  idle --request whole, or items follow--> running --handler is done--> ending --last frame--> over
///              running --cancel, deadline--> stopping --handler is done--> ending
///              idle --refused--> ending
///
/// The slot is kept while a stopped handler winds down, so that a peer cannot pile up handlers by
/// cancelling.
struct RemoteCall: Expiring {
  enum Request: Equatable {
    case coming
    /// The caller's items are.
    case items
    case over
  }

  enum Answer: Equatable {
    case idle
    case running
    /// The handler was told to stop; its call will fail with this, whatever it says.
    case stopping(CallError)
    /// The last message or ending is in the outbox.
    case ending
    case over
  }

  let method: UInt16
  let shape: MethodShape
  var deadline = LoopInstant.never
  var trace: TraceContext?
  var request = Request.coming
  var answer = Answer.idle
  var partial = PartialMessage()
  var outbox = Outbox()
  /// Of a call with items only.
  var flow: ItemFlow?

  var isOver: Bool { request == .over && answer == .over }
}
