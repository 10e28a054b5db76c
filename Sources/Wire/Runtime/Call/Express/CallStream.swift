// SPDX-License-Identifier: Apache-2.0

public import WireCodec
/// Many calls of one unary method, several of them under way at once, answered in the order in
/// which they were made. For one task, on the connection's loop.
///
/// The cheapest way to call: nothing is allocated for a call but what its messages hold, and the
/// task is suspended only while its next answer is not there, once for all that one turn of the
/// loop brings:
///
///     Task(executorPreference: loop.taskExecutor) {
///       let calls = try connection.calls(EchoService.echo, openMax: 256)
///       while calls.hasRoom { try calls.send(request) }
///       while let answer = await calls.next() { ... }
///     }
///
/// When it is dropped, its open calls run to their end unheard.
@usableFromInline
package final class CallStream<Request: WireMessage, Response: WireMessage> {
  @usableFromInline package typealias Answer = Result<Response, CallError>

  @usableFromInline let core: ConnectionCore
  @usableFromInline let method: UnaryMethod<Request, Response>
  @usableFromInline let terms: CallTerms
  @usableFromInline let openMax: Int
  @usableFromInline let ring: CallRing

  @inlinable
  init(
    _ core: ConnectionCore, _ method: UnaryMethod<Request, Response>, openMax: Int,
    terms: CallTerms
  ) {
    self.core = core
    self.method = method
    self.terms = terms
    self.openMax = min(max(openMax, 1), CallRing.placesMax)
    ring = CallRing(core, places: self.openMax)
  }

  /// Calls that were made and whose answer was not taken.
  @inlinable package var pendingCount: Int { ring.pendingCount }
  /// `send` has room for one more.
  @inlinable package var hasRoom: Bool { ring.pendingCount < openMax }

  /// Makes a call. Throws `resourceExhausted` where `hasRoom` is false, and what
  /// `Connection.call` throws before anything was sent; then there is no answer to it.
  @inlinable
  package func send(_ request: Request) throws(CallError) {
    core.checkLoop()
    guard let receiver = ring.begin(openMax: openMax) else { throw CallRing.full }
    do throws(CallError) {
      _ = try core.begin(method.number, request, terms: terms, for: receiver)
    } catch {
      ring.takeBack()
      throw error
    }
  }

  /// The next answer, in the order of the calls; `nil` when none is outstanding.
  @inlinable @inline(__always)
  package func next() async -> Answer? {
    while ring.pendingCount > 0 {
      if let answer = takeNext() { return answer }
      await ring.wait()
    }
    return nil
  }

  /// The next answer if it is there.
  @inlinable
  package func takeNext() -> Answer? {
    switch ring.takeNext() {
    case .response(let bytes):
      do throws(CallError) {
        return .success(try Response(received: bytes, asAnswerOf: method.name))
      } catch {
        return .failure(error)
      }
    case .failure(let error): return .failure(error)
    case .nothing: return nil
    }
  }

  /// Gives up the calls whose answer has not come: they fail with `cancelled`.
  package func cancel() {
    core.checkLoop()
    ring.cancel()
  }
}
