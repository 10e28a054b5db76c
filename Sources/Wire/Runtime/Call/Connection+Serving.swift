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
    let task = Task {
      do {
        finish(id, with: .success(try await method.run(request.bytes, context, outlet)))
      } catch {
        finish(id, with: .failure(CallError(thrownBy: method.name, error)))
      }
    }
    handlers.add(task, for: id)
  }

  private func finish(_ id: CallID, with result: Result<[UInt8], CallError>) {
    machine.finish(id, with: result)
    handlers.remove(id)
    waiters.wakeAll(of: id)
    setNeedsFlush()
  }
}

extension CallError {
  /// What the caller learns of an error that a handler threw: nothing but its type, if it is not
  /// meant for the wire.
  init(thrownBy method: String, _ error: any Error) {
    switch error {
    case let error as CallError: self = error
    case is CancellationError: self.init(.cancelled, "\(method) was cancelled")
    default: self.init(.internal, "\(method) failed with an error of type \(type(of: error))")
    }
  }
}
