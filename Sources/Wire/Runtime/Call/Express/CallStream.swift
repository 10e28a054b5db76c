// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// Many calls of one unary method, several of them under way at once, answered in the order in
/// which they were made. For one task, on the connection's loop.
///
/// The cheapest way to call: nothing is allocated for a call, and the task is suspended only while
/// its next answer is not there, once for all that one turn of the loop brings:
///
///     Task(executorPreference: loop.taskExecutor) {
///       let calls = connection.calls(EchoService.echo, openMax: 256)
///       while let answer = await calls.next() { ... if calls.hasRoom { try calls.send(...) } }
///     }
///
/// When it is dropped, its open calls run to their end unheard. Proof for `@unchecked Sendable`:
/// all that is called from outside checks that it is on the loop, and the connection's core, which
/// calls `take` and `fail`, is confined to it.
package final class CallStream<Request: WireMessage, Response: WireMessage>: @unchecked Sendable {
  package typealias Answer = Result<Response, CallError>

  private let core: LoopBound<ConnectionCore>
  private let method: UnaryMethod<Request, Response>
  private let timeout: CallTimeout
  private let openMax: Int
  /// Set while calls are open.
  private var key: SinkTable.Key?
  /// A ring: each answer in the place of its call's number.
  private var answers: [Answer?]
  private let mask: UInt32
  private var nextCall: UInt32 = 0
  private var nextAnswer: UInt32 = 0
  /// Calls whose answer has not come.
  private var openCount = 0
  private var waiter: UnsafeContinuation<Void, Never>?

  init(
    _ core: LoopBound<ConnectionCore>, _ method: UnaryMethod<Request, Response>, openMax: Int,
    timeout: CallTimeout
  ) {
    self.core = core
    self.method = method
    self.timeout = timeout
    self.openMax = min(max(openMax, 1), CallID.slotsMax)
    let places = 1 << (Int.bitWidth - (self.openMax - 1).leadingZeroBitCount)
    answers = Array(repeating: nil, count: places)
    mask = UInt32(places - 1)
  }

  /// Calls that were made and whose answer was not taken.
  package var pendingCount: Int { Int(nextCall &- nextAnswer) }
  /// `send` has room for one more.
  package var hasRoom: Bool { pendingCount < openMax }

  /// Makes a call. Throws `resourceExhausted` where `hasRoom` is false, and what
  /// `Connection.call` throws before anything was sent; then there is no answer to it.
  package func send(_ request: Request) throws(CallError) {
    let core = core.value
    guard hasRoom else {
      throw CallError(.resourceExhausted, "\(openMax) calls of the stream wait for their answers")
    }
    let key = key ?? core.sinks.add(self)
    self.key = key
    do throws(CallError) {
      _ = try core.begin(
        method.number, request, timeout: timeout,
        for: ExpressCalls.Receiver(sink: key, tag: nextCall))
    } catch {
      releaseKey(core)
      throw error
    }
    nextCall &+= 1
    openCount += 1
  }

  /// The next answer, in the order of the calls; `nil` when none is outstanding.
  package func next() async -> Answer? {
    while nextCall != nextAnswer {
      if let answer = takeNext() { return answer }
      await wait()
    }
    return nil
  }

  /// The next answer if it is there.
  package func takeNext() -> Answer? {
    precondition(core.loop.isCurrent, "a stream of calls was used off its loop")
    let place = Int(nextAnswer & mask)
    guard let answer = answers[place].take() else { return nil }
    nextAnswer &+= 1
    return answer
  }

  private func wait() async {
    precondition(waiter == nil, "two tasks read one stream of calls")
    await withUnsafeContinuation { waiter = $0 }
  }

  private func put(_ answer: Answer, at tag: UInt32) {
    answers[Int(tag & mask)] = answer
    openCount -= 1
    if openCount == 0 { releaseKey(core.value) }
    if tag == nextAnswer, let waiter {
      self.waiter = nil
      waiter.resume()
    }
  }

  /// The connection holds this object only while it owes answers.
  private func releaseKey(_ core: ConnectionCore) {
    guard openCount == 0, let key else { return }
    core.sinks.remove(key)
    self.key = nil
  }
}

extension CallStream: AnswerSink {
  func take(_ response: UnsafeRawBufferPointer, of tag: UInt32) {
    do throws(CallError) {
      put(.success(try Response(received: response, asAnswerOf: method.name)), at: tag)
    } catch {
      put(.failure(error), at: tag)
    }
  }

  func fail(_ tag: UInt32, with error: CallError) {
    put(.failure(error), at: tag)
  }
}

extension Connection {
  /// Calls of `method` of which up to `openMax` (at most 32,768) may be under way at once.
  /// - Parameter timeout: for each call, from when it is made.
  /// - Throws: `deadlineExceeded` where `timeout` leaves no time.
  package nonisolated func calls<Request, Response>(
    _ method: UnaryMethod<Request, Response>, openMax: Int, timeout: Duration? = nil
  ) throws(CallError) -> CallStream<Request, Response> {
    CallStream(core, method, openMax: openMax, timeout: try CallTimeout(of: timeout))
  }
}
