// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import WireCodec

/// What the runner has to do after the machine took an event.
enum ConnectionAction: Equatable {
  case nothing
  /// The peer said hello. Calls that were begun before and are above its limits fail.
  case opened([FailedCall])
  /// Callers get this error; readers of a stream look again.
  case failed([FailedCall])
  /// A caller gets its response.
  case answered(CallID, EncodedMessage)
  /// The reader of this stream looks again: an item or the end is there.
  case inboxChanged(CallID)
  /// A caller's call with items was answered: its reader looks again, and its senders hear of it.
  case flowEnded(CallID)
  /// A request is whole: start its handler.
  case start(CallID, WholeRequest)
  /// Cancel the handler; `finish` is still to be called when it is done.
  case stop(CallID)
  /// Sinks of this stream may try again.
  case creditCame(CallID)
  /// The peer said goaway. Calls of which it had not heard fail.
  case goaway(Goaway, [FailedCall])
}

struct FailedCall: Equatable {
  var call: CallID
  var error: CallError
}

struct WholeRequest: Equatable {
  var method: UInt16
  var bytes: EncodedMessage
  /// `never` where the caller waits for ever.
  var deadline = LoopInstant.never
  var trace: TraceContext?
}
