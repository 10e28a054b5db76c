// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// Responses in the order of their calls, whatever order they come in: each has the place of its
/// call's number, and the first that is missing holds back the others. Confined to a loop.
///
/// Their bytes are kept, one behind the other, and decoded when they are taken: a message that is
/// made and let go at once costs less than many that are made, and then let go.
@usableFromInline
final class CallRing: AnswerSink {
  private struct Place {
    enum State: UInt8 {
      case empty
      case response
      /// Its error stands in `errors`.
      case failure
    }

    var start = 0
    var count = 0
    var state = State.empty
  }

  @usableFromInline
  enum Taken {
    /// Valid until the ring is used again.
    case response(UnsafeRawBufferPointer)
    case failure(CallError)
    case nothing
  }

  /// Bytes that are no longer wanted are let go with the last answer, or above this many.
  private static let bytesMax = 256 << 10
  private static let keptBytes = 64 << 10

  /// As many calls as one side of a connection can have open at all.
  @usableFromInline static let placesMax = CallID.slotsMax

  @usableFromInline static var full: CallError {
    CallError(.resourceExhausted, "as many calls of the stream are open as it may have")
  }

  private let core: ConnectionCore
  private var places: [Place]
  private let mask: UInt32
  private(set) var bytes = OutputBuffer()
  private var wantedBytes = 0
  private var errors: [UInt32: CallError] = [:]
  /// Answers that came and were not taken.
  private var storedCount = 0
  /// Numbers of the next call and of the next answer to take; they wrap around.
  private var nextCall: UInt32
  private var nextAnswer: UInt32
  /// Calls whose answer has not come.
  private var openCount = 0
  /// The connection knows this object only while calls are open.
  private var key = SinkTable.Key.none
  private var waiter: UnsafeContinuation<Void, Never>?

  /// - Parameters:
  ///   - places: at least 1.
  ///   - first: the number of the first call.
  @usableFromInline
  init(_ core: ConnectionCore, places count: Int, first: UInt32 = 0) {
    self.core = core
    nextCall = first
    nextAnswer = first
    let power = 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    places = Array(repeating: Place(), count: power)
    mask = UInt32(truncatingIfNeeded: power - 1)
  }

  /// Calls that were made and whose answer was not taken.
  @usableFromInline var pendingCount: Int { Int(nextCall &- nextAnswer) }

  /// Counts one more call, and tells where its answer goes; `nil` where no place is free.
  @usableFromInline
  func begin(openMax: Int) -> ExpressCalls.Receiver? {
    guard pendingCount < openMax else { return nil }
    if openCount == 0 { key = core.addSink(self) }
    defer { nextCall &+= 1 }
    openCount += 1
    return ExpressCalls.Receiver(sink: key, tag: nextCall)
  }

  /// The call that was counted last could not be made.
  @usableFromInline
  func takeBack() {
    nextCall &-= 1
    openCount -= 1
    if openCount == 0 { core.removeSink(key) }
  }

  func take(_ response: UnsafeRawBufferPointer, of tag: UInt32) {
    if bytes.count > Self.bytesMax, wantedBytes < bytes.count / 2 { compact() }
    let place = Place(start: bytes.count, count: response.count, state: .response)
    bytes.append(response)
    wantedBytes += response.count
    put(place, at: tag)
  }

  /// Gives up the calls whose answer has not come.
  func cancel() {
    guard openCount > 0 else { return }
    core.cancel(callsOf: key, with: CallError(.cancelled, "the caller was cancelled"))
  }

  /// `cancel` for any thread.
  @usableFromInline
  var laterCancel: LaterCancel { LaterCancel(ring: LoopBound(self, on: core.loop)) }

  @usableFromInline
  struct LaterCancel: Sendable {
    fileprivate let ring: LoopBound<CallRing>

    /// Cancels in a later turn of the loop.
    @usableFromInline
    func callAsFunction() {
      ring.loop.submit { [ring] in ring.value.cancel() }
    }
  }

  func fail(_ tag: UInt32, with error: CallError) {
    errors[tag] = error
    put(Place(state: .failure), at: tag)
  }

  private func put(_ place: Place, at tag: UInt32) {
    places[Int(tag & mask)] = place
    storedCount += 1
    openCount -= 1
    if openCount == 0 { core.removeSink(key) }
    if tag == nextAnswer, let waiter {
      self.waiter = nil
      waiter.resume()
    }
  }

  @usableFromInline
  func takeNext() -> Taken {
    let tag = nextAnswer
    let place = places[Int(tag & mask)]
    guard place.state != .empty else { return .nothing }
    places[Int(tag & mask)].state = .empty
    nextAnswer &+= 1
    storedCount -= 1
    wantedBytes -= place.count
    if place.state == .failure {
      return .failure(errors.removeValue(forKey: tag) ?? CallError(.internal, "an error was lost"))
    }
    let taken = UnsafeRawBufferPointer(
      rebasing: bytes.bytes[place.start..<place.start + place.count])
    // The memory stays, and with it what was taken.
    if storedCount == 0 { bytes.removeAll(keepingAtMost: .max) }
    return .response(taken)
  }

  /// Waits until the next answer is there.
  @usableFromInline
  func wait() async {
    precondition(waiter == nil, "two tasks read one stream of calls")
    if storedCount == 0 { bytes.removeAll(keepingAtMost: Self.keptBytes) }
    await withUnsafeContinuation { continuation in
      // A task that belongs to an actor and prefers an executor is put off once more on its way
      // here.
      if places[Int(nextAnswer & mask)].state == .empty {
        waiter = continuation
      } else {
        continuation.resume()
      }
    }
  }

  private func compact() {
    let kept = OutputBuffer()
    for index in places.indices where places[index].state == .response {
      let place = places[index]
      places[index].start = kept.count
      kept.append(
        UnsafeRawBufferPointer(rebasing: bytes.bytes[place.start..<place.start + place.count]))
    }
    bytes = kept
  }
}
