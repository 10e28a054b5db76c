// SPDX-License-Identifier: Apache-2.0

package import Transport

/// One connection to the JVM's gateway, pinned to its loop. Calls of one task run in the order in
/// which they were made, those of several tasks in any, one after the other, on one thread of the
/// JVM's. A call cannot be taken back: cancelling its task changes nothing.
package actor GatewayConnection {
  package nonisolated let loop: any Loop
  private let limits: Py4JLimits
  private var lines: ReplyLines
  private var phase: Phase
  /// In the order of their commands: the gateway answers in that order.
  private var calls: [CheckedContinuation<Answer, Never>] = []
  private var endWaiters = WaitingTasks()

  private typealias Answer = Result<Reply, Py4JError>

  private enum Phase {
    case new(EstablishedConnection)
    case open(any ByteStream)
    case ended(Py4JError)
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  init(_ established: EstablishedConnection, limits: Py4JLimits) {
    phase = .new(established)
    self.limits = limits
    loop = established.loop
    lines = ReplyLines(bytesMax: limits.replyBytesMax)
  }

  /// Says the secret. Throws `.refused` when the gateway does not take it, or not in time.
  func begin(secret: String) async throws(Py4JError) {
    guard case .new(let established) = phase else {
      throw Py4JError(.refused, "the connection has begun before")
    }
    let stream = established.stream.value
    phase = .open(stream)
    stream.start(GatewayReceiver(self))
    let timer = loop.schedule(after: limits.openTimeout) {
      self.assumeIsolated {
        $0.end(Py4JError(.refused, "the JVM's gateway did not answer the secret in time"))
      }
    }
    defer { timer.cancel() }
    switch await answer(to: .authenticate(secret: secret)) {
    case .success(.value): return
    case .success(.failure(let reason)):
      end(Py4JError(.refused, "the JVM's gateway refused the secret"))
      throw Py4JError(.refused, "the JVM's gateway refused the secret: \(reason)")
    case .success(.exception):
      end(Py4JError(.refused, "the JVM's gateway refused the secret"))
      throw Py4JError(.refused, "the JVM's gateway refused the secret")
    case .failure(let error):
      throw Py4JError(.refused, error.message)
    }
  }

  /// Says one command and gives its value. A throwable of Java's is fetched, released, and thrown
  /// as `.java`.
  package func perform(_ command: Command) async throws(Py4JError) -> Py4JValue {
    switch try await answer(to: command).get() {
    case .value(let value): return value
    case .failure(let reason):
      throw Py4JError(.gateway, "the JVM's gateway could not do it: \(reason)")
    case .exception(let throwable):
      throw try await error(for: throwable)
    }
  }

  /// Returns when the connection is over, however it ended, or when the task is cancelled.
  package func waitForEnd() async {
    if case .ended = phase { return }
    let ticket = endWaiters.ticket()
    await withTaskCancellationHandler {
      await withCheckedContinuation { endWaiters.park(ticket, $0) }
    } onCancel: {
      loop.submit { self.assumeIsolated { $0.endWaiters.wake(ticket) } }
    }
  }

  /// Ends the connection; calls that wait fail with `.connectionLost`. The JVM's thread ends with
  /// its current call.
  package func close() {
    end(Py4JError(.connectionLost, "the connection to the JVM was closed by us"))
  }

  fileprivate func received(_ bytes: UnsafeRawBufferPointer) {
    for line in lines.push(bytes) {
      guard case .open = phase else { return }
      let answer: Answer
      switch line {
      case .tooLong:
        answer = .failure(
          Py4JError(.limit, "an answer of Java's is longer than \(limits.replyBytesMax) bytes"))
      case .whole(let bytes):
        do {
          answer = .success(try Reply(line: bytes))
        } catch {
          return end(error)
        }
      }
      guard !calls.isEmpty else {
        return end(Py4JError(.protocolError, "the JVM's gateway answered without a question"))
      }
      calls.removeFirst().resume(returning: answer)
    }
  }

  fileprivate func ended(_ error: TransportError?) {
    let reason = error.map { ": \($0)" } ?? ""
    end(Py4JError(.connectionLost, "the JVM closed its gateway's connection\(reason)"))
  }
}

extension GatewayConnection {
  /// All of it where nothing comes between the look and the wait: an end in between would resume all
  /// calls but this one.
  private func answer(to command: Command) async -> Answer {
    await withCheckedContinuation { call in
      switch phase {
      case .new:
        call.resume(
          returning: .failure(Py4JError(.connectionLost, "the connection has not begun")))
      case .ended(let error):
        call.resume(returning: .failure(Py4JError(.connectionLost, error.message)))
      case .open(let stream):
        guard calls.count < limits.waitingCallsMax else {
          let message = "more than \(limits.waitingCallsMax) calls wait on one connection"
          return call.resume(returning: .failure(Py4JError(.limit, message)))
        }
        calls.append(call)
        stream.write(command.encoded)
      }
    }
  }

  private func error(for throwable: JavaReference) async throws(Py4JError) -> Py4JError {
    let target = JavaTarget.object(throwable)
    var name: Py4JValue?
    if case .reference(let type) = try await ask(target, "getClass") {
      name = try await ask(.object(type), "getName")
      _ = try await answer(to: .release(type)).get()
    }
    let message = try await ask(target, "getMessage")
    let trace = try await value(of: .stackTrace(throwable))
    _ = try await answer(to: .release(throwable)).get()
    let exception = JavaException(
      className: (try? name?.asText()) ?? "java.lang.Throwable",
      message: try? message?.asText(), stackTrace: (try? trace?.asText()) ?? "")
    return Py4JError(.java, exception.message ?? exception.className, exception: exception)
  }

  private func ask(_ target: JavaTarget, _ method: String) async throws(Py4JError) -> Py4JValue? {
    try await value(of: .call(target, method: method, arguments: []))
  }

  /// `nil` when the asking itself makes Java throw: a throwable that cannot even tell its message
  /// is still reported, without it.
  private func value(of command: Command) async throws(Py4JError) -> Py4JValue? {
    switch try await answer(to: command).get() {
    case .value(let value): return value
    case .failure: return nil
    case .exception(let another):
      _ = try await answer(to: .release(another)).get()
      return nil
    }
  }

  private func end(_ error: Py4JError) {
    guard case .open(let stream) = phase else { return }
    phase = .ended(error)
    stream.cancel()
    let lost = calls
    calls = []
    for call in lost { call.resume(returning: .failure(error)) }
    endWaiters.wakeAll()
  }
}

/// Carries what the stream says into the actor, on the loop that both live on.
private final class GatewayReceiver: ByteStreamReceiver {
  private let connection: GatewayConnection

  init(_ connection: GatewayConnection) {
    self.connection = connection
  }

  func streamDidReceive(_ bytes: UnsafeRawBufferPointer) {
    connection.receive(bytes) { $0.received($1) }
  }

  func streamDidDrain() {}

  func streamDidEnd(_ error: TransportError?) {
    connection.assumeIsolated { $0.ended(error) }
  }
}
