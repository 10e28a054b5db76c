// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// One task that waits for the answer of one call. Confined to the connection's loop.
final class CallWaiter<Response: WireMessage>: AnswerSink {
  private let method: String
  private let core: ConnectionCore
  private var key = SinkTable.Key.none
  private var answer: Result<Response, CallError>?
  private var continuation: UnsafeContinuation<Void, Never>?

  init(_ core: ConnectionCore, method: String) {
    self.core = core
    self.method = method
  }

  /// Makes the call. The answer comes in a later turn at the earliest.
  func begin<Request: WireMessage>(
    _ number: UInt16, _ request: Request, timeout: CallTimeout
  ) throws(CallError) -> CallID {
    key = core.sinks.add(self)
    do throws(CallError) {
      return try core.begin(
        number, request, timeout: timeout, for: ExpressCalls.Receiver(sink: key, tag: 0))
    } catch {
      core.sinks.remove(key)
      throw error
    }
  }

  func wait(with continuation: UnsafeContinuation<Void, Never>) {
    guard answer == nil else { return continuation.resume() }
    self.continuation = continuation
  }

  func result() -> Result<Response, CallError> {
    answer ?? .failure(CallError(.internal, "a call ended without an answer"))
  }

  func take(_ response: UnsafeRawBufferPointer, of tag: UInt32) {
    do throws(CallError) {
      end(.success(try Response(received: response, asAnswerOf: method)))
    } catch {
      end(.failure(error))
    }
  }

  func fail(_ tag: UInt32, with error: CallError) {
    end(.failure(error))
  }

  private func end(_ answer: Result<Response, CallError>) {
    self.answer = answer
    core.sinks.remove(key)
    continuation?.resume()
    continuation = nil
  }
}
