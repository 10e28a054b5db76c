// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import WireCodec

/// One task that waits for the answer of one call. Confined to the connection's loop.
@usableFromInline
final class CallWaiter: AnswerSink {
  private let core: ConnectionCore
  private var key = SinkTable.Key.none
  private var answer: CallerTable.Answer?
  private var continuation: UnsafeContinuation<CallerTable.Answer, Never>?

  init(_ core: ConnectionCore) {
    self.core = core
    key = core.addSink(self)
  }

  @usableFromInline
  var receiver: ExpressCalls.Receiver { ExpressCalls.Receiver(sink: key, tag: 0) }

  func wait(with continuation: UnsafeContinuation<CallerTable.Answer, Never>) {
    assert(core.loop.isCurrent, "a task waits for its answer off the loop")
    if let answer { return continuation.resume(returning: answer) }
    self.continuation = continuation
  }

  /// The call could not be made.
  @usableFromInline
  func drop() {
    core.removeSink(key)
  }

  func take(_ response: UnsafeRawBufferPointer, of tag: UInt32) {
    end(.success(EncodedMessage([UInt8](response))))
  }

  func take(_ response: EncodedMessage, of tag: UInt32) {
    end(.success(response))
  }

  func fail(_ tag: UInt32, with error: CallError) {
    end(.failure(error))
  }

  private func end(_ answer: CallerTable.Answer) {
    core.removeSink(key)
    if let continuation {
      self.continuation = nil
      continuation.resume(returning: answer)
    } else {
      self.answer = answer
    }
  }
}
