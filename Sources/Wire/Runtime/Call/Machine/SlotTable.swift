// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// A call that its slot tells the end of.
protocol Expiring {
  /// `never` where the call may last.
  var deadline: LoopInstant { get set }
}

extension LoopInstant {
  static let never = LoopInstant(nanoseconds: .max)

  /// As a request's header gives it: 0 stands for no limit.
  func deadline(after milliseconds: UInt32) -> LoopInstant? {
    if milliseconds == 0 { return nil }
    let (sum, overflow) = nanoseconds.addingReportingOverflow(UInt64(milliseconds) * 1_000_000)
    return overflow ? nil : LoopInstant(nanoseconds: sum)
  }
}

/// What an id from the other side means here.
enum SlotLookup: Equatable {
  case open
  /// Its call was the last in its slot and is over: frames that crossed its end may still come.
  case over
  case unknown
}

/// The calls that one side opened, by slot. An array: finding a call is an index and a comparison.
///
/// A slot's generation grows with each use, so that a frame that comes late is never taken for the
/// next user's.
struct SlotTable<Call> {
  /// What is looked at for each frame; apart from the calls, so that many fit into a line of the
  /// processor's cache.
  private struct Slot {
    /// Of the call that is open or was the last; 0 before the first.
    var generation: UInt16 = 0
    /// Its call stands in `calls`.
    var isOpen = false
  }

  /// Who picks the slots of new calls. Only a side that picks has to know which are free.
  enum Picker {
    case here
    case peer
  }

  let opener: ConnectionSide
  private let picker: Picker
  /// Slots with an index from here on are not used.
  private(set) var slotsMax: Int
  private(set) var openCount = 0
  private var slots: [Slot] = []
  /// By slot, as far as calls were ever kept here.
  private var calls: [Call?] = []
  /// Indices of slots that can be opened by `open`, the latest freed last.
  private(set) var free: [Int] = []

  init(opener: ConnectionSide, slotsMax: Int, pickedBy picker: Picker = .here) {
    self.opener = opener
    self.picker = picker
    self.slotsMax = min(slotsMax, CallID.slotsMax)
  }

  /// Opens a call of this side's own; `nil` when all slots are taken.
  mutating func open(_ call: Call) -> CallID? {
    guard let id = reserve() else { return nil }
    fill(id, with: call)
    return id
  }

  /// Takes a slot whose call is kept elsewhere, until `free(_:)`; `nil` when all are taken.
  @inline(__always)
  mutating func reserve() -> CallID? {
    var reused = free.popLast()
    while let index = reused, index >= slotsMax { reused = free.popLast() }
    guard reused != nil || slots.count < slotsMax else { return nil }
    let index = reused ?? slots.count
    if reused == nil { slots.append(Slot()) }
    slots[index].generation = CallID.generation(after: slots[index].generation)
    return CallID(opener: opener, index: index, generation: slots[index].generation)
  }

  /// Puts the call of a reserved slot into it.
  mutating func fill(_ id: CallID, with call: Call) {
    while calls.count <= id.index { calls.append(nil) }
    calls[id.index] = call
    slots[id.index].isOpen = true
    openCount += 1
  }

  /// Ends the reservation of a slot.
  mutating func release(_ id: CallID) {
    free.append(id.index)
  }

  /// Opens the call that the other side named.
  mutating func accept(_ id: CallID, _ call: Call) throws(ProtocolError) {
    try pass(id)
    fill(id, with: call)
  }

  /// Notes a call that the other side named and that is answered at once: it was, and is over.
  mutating func pass(_ id: CallID) throws(ProtocolError) {
    guard id.opener == opener, id.index < slotsMax else {
      throw ProtocolError("a call with the id \(id) is out of range; \(slotsMax) may be open")
    }
    while slots.count <= id.index { slots.append(Slot()) }
    guard !slots[id.index].isOpen else {
      throw ProtocolError("a call was opened in a slot that is in use: \(id)")
    }
    // Generations of calls that were given up before a frame was sent are skipped, so "later" is
    // enough.
    let ahead = id.generation &- slots[id.index].generation
    guard id.generation != 0, ahead != 0, ahead < 1 << 15 else {
      throw ProtocolError("a call was opened with an id that was used before: \(id)")
    }
    slots[id.index].generation = id.generation
  }

  func lookup(_ id: CallID) -> SlotLookup {
    guard id.opener == opener, id.index < slots.count else { return .unknown }
    let slot = slots[id.index]
    guard slot.generation == id.generation, id.generation != 0 else { return .unknown }
    return slot.isOpen ? .open : .over
  }

  /// The open call with this id; `nil` once it is over. Changes are made in place; `close` ends it.
  subscript(id: CallID) -> Call? {
    get { lookup(id) == .open ? calls[id.index] : nil }
    _modify {
      if lookup(id) == .open {
        yield &calls[id.index]
      } else {
        var none: Call?
        yield &none
      }
    }
  }

  mutating func close(_ id: CallID) {
    guard lookup(id) == .open else { return }
    calls[id.index] = nil
    slots[id.index].isOpen = false
    openCount -= 1
    if picker == .here { free.append(id.index) }
  }

  /// Takes the other side's word on how many calls it lets be open. Calls above it stay until they
  /// are closed.
  mutating func limit(to count: Int) {
    slotsMax = min(count, CallID.slotsMax)
  }

  /// Ids of all open calls, in order of their slots.
  var openIDs: [CallID] {
    slots.indices.filter { slots[$0].isOpen }.map {
      CallID(opener: opener, index: $0, generation: slots[$0].generation)
    }
  }
}

extension SlotTable where Call: Expiring {
  /// Adds the calls whose time is up, each once. Looks at every slot; answers the earliest deadline
  /// of the others.
  mutating func takeDue(at now: LoopInstant, into due: inout [CallID]) -> LoopInstant {
    var earliest = LoopInstant.never
    for index in calls.indices {
      guard let deadline = calls[index]?.deadline else { continue }
      if deadline <= now {
        calls[index]?.deadline = .never
        due.append(CallID(opener: opener, index: index, generation: slots[index].generation))
      } else {
        earliest = min(earliest, deadline)
      }
    }
    return earliest
  }
}
