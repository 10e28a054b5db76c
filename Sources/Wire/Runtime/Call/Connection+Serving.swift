// SPDX-License-Identifier: Apache-2.0

internal import Transport

extension Connection {
  /// Starts the handler of a request in a task of its own, which the machine's `stop` or the end of
  /// the connection cancels.
  func serve(_ id: CallID, _ request: WholeRequest) {
    guard let method = methods[request.method] else {
      // Not reached: the machine refuses methods that are not in the table.
      finish(id, with: .failure(CallError(.unimplemented, "no such method is served here")))
      return
    }
    let context = CallContext(connection: self, timeout: request.timeout)
    let outlet = ItemOutlet(connection: self, call: id)
    // Without the preference the handler would leave the loop whenever it is resumed.
    let task = Task(executorPreference: loop.taskExecutor) {
      await self.run(method, request.bytes, context, outlet)
    }
    handlers.add(task, for: id)
  }

  private func run(
    _ method: ServedMethod, _ request: [UInt8], _ context: CallContext, _ outlet: ItemOutlet
  ) async {
    do {
      finish(outlet.call, with: .success(try await method.run(request, context, outlet)))
    } catch {
      finish(outlet.call, with: .failure(CallError(thrownBy: method.name, error)))
    }
  }

  private func finish(_ id: CallID, with result: Result<[UInt8], CallError>) {
    machine.finish(id, with: result)
    handlers.remove(id)
    setNeedsFlush()
  }

  /// An item of a handler's stream; waits for credit.
  func send(_ item: [UInt8], to id: CallID) async throws(CallError) {
    while true {
      if Task.isCancelled, machine.remote[id]?.answer == .running {
        throw CallError(.cancelled, "the sending task was cancelled")
      }
      switch machine.offer(item, to: id) {
      case .accepted: return setNeedsFlush()
      case .refused(let error): throw error
      case .wait:
        await withTaskCancellationHandler {
          await withCheckedContinuation { continuation in
            // A task that prefers an executor, as handlers do, is put off once more on its way
            // here; credit or a cancel may have come meanwhile.
            guard machine.lacksCredit(id), !Task.isCancelled else { return continuation.resume() }
            handlers.wait(forCreditOf: id, continuation)
          }
        } onCancel: {
          wakeSinks(of: id)
        }
      }
    }
  }

  /// From any thread.
  private nonisolated func wakeSinks(of id: CallID) {
    loop.submit { [self] in assumeIsolated { $0.handlers.wakeSinks(of: id) } }
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
