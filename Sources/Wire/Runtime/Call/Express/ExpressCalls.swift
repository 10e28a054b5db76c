// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// Calls of this side that were sent whole in the turn in which they were made: small unary calls,
/// which are nearly all.
///
///     waiting --response, failure--> (closed)
///     waiting --given up, deadline--> given up --last frame of the peer--> (closed)
///
/// Such a call needs no outbox, no inbox and no partial message, so all that is kept of it is who
/// wants the answer, and until when. Its slot is one of the `SlotTable`'s, reserved there. A call
/// whose response comes in pieces becomes a `LocalCall` at that moment.
@usableFromInline
struct ExpressCalls {
  /// Who is given the answer.
  @usableFromInline
  struct Receiver: Equatable {
    @usableFromInline var sink: SinkTable.Key
    /// The sink's own name for the call.
    @usableFromInline var tag: UInt32

    @usableFromInline
    init(sink: SinkTable.Key, tag: UInt32) {
      self.sink = sink
      self.tag = tag
    }
  }

  struct Entry: Equatable {
    /// `connection` in a slot that holds no call.
    var id = CallID.connection
    var receiver = Receiver(sink: .none, tag: 0)
    /// When the caller gives up; `.max` for never.
    var deadline = LoopInstant.never
    /// Its cancel was sent; what still comes is dropped.
    var isGivenUp = false
  }

  /// Deadlines have the precision of the wire, a millisecond; so the calls are looked through no
  /// more often.
  private static let scanPause = Duration.milliseconds(1)

  private var entries: [Entry] = []
  private(set) var openCount = 0
  /// When `expire` has something to do at the earliest; a call that ended early may stand here.
  private(set) var earliestDeadline = LoopInstant.never

  @inline(__always)
  mutating func open(_ id: CallID, for receiver: Receiver, deadline: LoopInstant) {
    while entries.count <= id.index { entries.append(Entry()) }
    entries[id.index] = Entry(id: id, receiver: receiver, deadline: deadline)
    openCount += 1
    if deadline < earliestDeadline { earliestDeadline = deadline }
  }

  @inline(__always)
  func contains(_ id: CallID) -> Bool {
    id.index < entries.count && entries[id.index].id == id && id != .connection
  }

  subscript(id: CallID) -> Entry? {
    contains(id) ? entries[id.index] : nil
  }

  /// The call is over, or goes on as another kind of call.
  @inline(__always)
  mutating func close(_ id: CallID) -> Entry? {
    guard contains(id) else { return nil }
    let entry = entries[id.index]
    entries[id.index].id = .connection
    openCount -= 1
    return entry
  }

  /// Its caller wants no answer any more; `nil` if that is so already.
  mutating func giveUp(_ id: CallID) -> Receiver? {
    guard contains(id), !entries[id.index].isGivenUp else { return nil }
    entries[id.index].isGivenUp = true
    entries[id.index].deadline = .never
    return entries[id.index].receiver
  }

  /// Gives up the calls whose time is over.
  mutating func expire(at now: LoopInstant) -> [Entry] {
    guard earliestDeadline <= now else { return [] }
    var expired: [Entry] = []
    var earliest = LoopInstant.never
    for index in entries.indices where entries[index].id != .connection {
      if entries[index].deadline <= now {
        expired.append(entries[index])
        _ = giveUp(entries[index].id)
      } else if entries[index].deadline < earliest {
        earliest = entries[index].deadline
      }
    }
    earliestDeadline = max(earliest, now.advanced(by: Self.scanPause))
    return expired
  }

  /// The calls whose answers go to one sink.
  func calls(of key: SinkTable.Key) -> [CallID] {
    entries.filter { $0.id != .connection && $0.receiver.sink == key }.map(\.id)
  }

  /// The connection is gone: all calls that somebody still waits for.
  mutating func removeAll() -> [Entry] {
    let waiting = entries.filter { $0.id != .connection && !$0.isGivenUp }
    self = ExpressCalls()
    return waiting
  }
}
