// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// One task that waits for the answers of several calls. Confined to the connection's loop.
final class CallBatch<Response: WireMessage>: AnswerSink {
  private let method: String
  private let core: ConnectionCore
  private var key = SinkTable.Key.none
  private var answers: [Result<Response, CallError>?]
  private var openCount = 0
  private var continuation: UnsafeContinuation<Void, Never>?
  private var calls: [CallID] = []

  init(_ core: ConnectionCore, method: String, count: Int) {
    self.core = core
    self.method = method
    answers = Array(repeating: nil, count: count)
    calls.reserveCapacity(count)
  }

  /// Makes the calls. A call that cannot be made has its error for an answer.
  func begin<Request: WireMessage>(
    _ number: UInt16, _ requests: [Request], timeout: CallTimeout
  ) {
    key = core.sinks.add(self)
    for (index, request) in requests.enumerated() {
      let tag = UInt32(truncatingIfNeeded: index)
      do throws(CallError) {
        calls.append(
          try core.begin(
            number, request, timeout: timeout, for: ExpressCalls.Receiver(sink: key, tag: tag)))
        openCount += 1
      } catch {
        answers[index] = .failure(error)
      }
    }
    if openCount == 0 { core.sinks.remove(key) }
  }

  func wait(with continuation: UnsafeContinuation<Void, Never>) {
    guard openCount > 0 else { return continuation.resume() }
    self.continuation = continuation
  }

  func cancel() {
    let error = CallError(.cancelled, "the caller was cancelled")
    for call in calls { core.cancel(call, with: error) }
  }

  func results() -> [Result<Response, CallError>] {
    answers.map { $0 ?? .failure(CallError(.internal, "a call ended without an answer")) }
  }

  func take(_ response: UnsafeRawBufferPointer, of tag: UInt32) {
    do throws(CallError) {
      put(.success(try Response(received: response, asAnswerOf: method)), at: tag)
    } catch {
      put(.failure(error), at: tag)
    }
  }

  func fail(_ tag: UInt32, with error: CallError) {
    put(.failure(error), at: tag)
  }

  private func put(_ answer: Result<Response, CallError>, at tag: UInt32) {
    guard answers.indices.contains(Int(tag)) else { return }
    answers[Int(tag)] = answer
    openCount -= 1
    guard openCount == 0 else { return }
    core.sinks.remove(key)
    continuation?.resume()
    continuation = nil
  }
}
