// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import WireCodec

extension Connection {
  /// Starts the handler of a request in a task of its own, which the machine's `stop` or the end of
  /// the connection cancels.
  func serve(_ id: CallID, _ request: WholeRequest) {
    guard let method = methods[request.method] else {
      // Not reached: the machine refuses methods that are not in the table.
      finish(id, with: .failure(CallError(.unimplemented, "no such method is served here")))
      return
    }
    let deadline = request.deadline == .never ? nil : request.deadline
    let context = CallContext(connection: self, deadline: deadline, trace: request.trace)
    let outlet = ItemOutlet(connection: self, call: id)
    let scope = scope(of: request)
    // Without the preference the handler would leave the loop whenever it is resumed.
    let task = Task(executorPreference: loop.taskExecutor) {
      await self.run(method, request.bytes, context, outlet, in: scope)
    }
    handlers.add(task, for: id)
  }

  /// What the handler's calls inherit; `nil` where nothing is, so that it costs nothing.
  private func scope(of request: WholeRequest) -> CallScope? {
    if request.deadline == .never, request.trace == nil { return nil }
    let hasDeadline = request.deadline != .never
    return CallScope(
      time: hasDeadline ? ServingTime(until: request.deadline, on: loop) : nil,
      trace: request.trace)
  }

  private func run(
    _ method: ServedMethod, _ request: EncodedMessage, _ context: CallContext, _ outlet: ItemOutlet,
    in scope: CallScope?
  ) async {
    do {
      let response: EncodedMessage
      if let scope {
        defer { scope.time?.end() }
        // The closure is isolated to this connection, as the function is: no hop to another thread.
        response = try await CallScope.$current.withValue(scope) {
          try await method.run(request, context, outlet)
        }
      } else {
        response = try await method.run(request, context, outlet)
      }
      finish(outlet.call, with: .success(response))
    } catch {
      finish(outlet.call, with: .failure(CallError(thrownBy: method.name, error)))
    }
  }

  private func finish(_ id: CallID, with result: Result<EncodedMessage, CallError>) {
    core.value.machine.finish(id, with: result)
    handlers.remove(id)
    waiters.wakeAll(of: id)
    setNeedsFlush()
  }
}

extension CallError {
  /// What the caller learns of an error that a handler threw: nothing but its type, if it is not
  /// meant for the wire.
  @usableFromInline
  init(thrownBy method: String, _ error: any Error) {
    switch error {
    case let error as CallError: self = error
    case is CancellationError: self.init(.cancelled, "\(method) was cancelled")
    default: self.init(.internal, "\(method) failed with an error of type \(type(of: error))")
    }
  }
}
