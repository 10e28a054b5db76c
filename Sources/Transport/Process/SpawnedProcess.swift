// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// The handle of a `ChildProcess`. Confined to its loop.
final class SpawnedProcess: UVHandleOwner {
  private enum State {
    case running
    case ended(ChildProcess.ExitStatus)
  }

  private let options: ChildProcessOptions
  private(set) var pid: Int32 = 0
  private var state = State.running
  private var waiters: [CheckedContinuation<ChildProcess.ExitStatus, Never>] = []

  init(on loop: EventLoop, options: ChildProcessOptions) {
    self.options = options
    super.init(on: loop)
  }

  /// Gives our ends of the pipes, by descriptor.
  func spawn(limits: TransportLimits) throws(TransportError) -> [Int: UVStream] {
    let descriptors = try ChildDescriptors(options.descriptors, of: options, on: eventLoop, limits)
    defer { descriptors.closeFiles() }
    do {
      try launch(descriptors)
    } catch {
      for pipe in descriptors.pipes.values { pipe.cancel() }
      throw error
    }
    return descriptors.pipes
  }

  private func launch(_ descriptors: ChildDescriptors) throws(TransportError) {
    let arguments = try strings([options.executable] + options.arguments)
    var environment: CStringList?
    if case .exactly(let variables) = options.environment {
      environment = try strings(variables.map { "\($0.key)=\($0.value)" }.sorted())
    }
    let directory = try strings(options.workingDirectory.map { [$0] } ?? [])
    var request = uv_process_options_t()
    request.file = UnsafePointer(arguments.pointers[0])
    request.args = arguments.pointers.baseAddress
    request.env = environment?.pointers.baseAddress
    request.cwd = UnsafePointer(directory.pointers[0])
    request.exit_cb = childDidExit
    if case .own = options.session { request.flags |= UV_PROCESS_DETACHED.rawValue }

    // libuv hands down what is listed here and whatever else has no close-on-exec flag.
    var code = cuv_descriptors_close_on_exec()
    guard code == 0 else { throw failure(code) }
    let loop = eventLoop
    var containers = descriptors.containers
    try adopt(UV_PROCESS, "cannot start \(options.executable)") { memory in
      code = containers.withUnsafeMutableBufferPointer { buffer in
        request.stdio = buffer.baseAddress
        request.stdio_count = Int32(clamping: buffer.count)
        return uv_spawn(loop.raw, memory.assumingMemoryBound(to: uv_process_t.self), &request)
      }
      // Also after a failure the handle is libuv's until it is closed.
      return 0
    }
    withExtendedLifetime((arguments, environment, directory)) {}
    if code < 0 {
      end(.unknown)
      throw failure(code)
    }
    pid = uv_process_get_pid(process)
  }

  private var process: UnsafeMutablePointer<uv_process_t>? {
    UnsafeMutableRawPointer(handle)?.assumingMemoryBound(to: uv_process_t.self)
  }

  private func strings(_ texts: [String]) throws(TransportError) -> CStringList {
    guard let list = CStringList(texts) else {
      let words = "cannot start \(options.executable): an argument or variable holds a zero byte"
      throw TransportError(.spawnFailed, words)
    }
    return list
  }

  /// The system has one word, "no such file", for a missing program and a missing folder.
  private func failure(_ code: Int32) -> TransportError {
    let reason = UVError(number: code).reason
    if let folder = options.workingDirectory, !isReachable(folder) {
      let words = "cannot start \(options.executable) in \(folder): no such working directory"
      return TransportError(.spawnFailed, words, reason: reason)
    }
    return TransportError(.spawnFailed, "cannot start \(options.executable)", reason: reason)
  }

  private func isReachable(_ folder: String) -> Bool {
    var request = uv_fs_t()
    defer { uv_fs_req_cleanup(&request) }
    return uv_fs_access(nil, &request, folder, X_OK, nil) == 0
  }

  // MARK: Exit

  func wait(_ waiter: CheckedContinuation<ChildProcess.ExitStatus, Never>) {
    switch state {
    case .running: waiters.append(waiter)
    case .ended(let status): waiter.resume(returning: status)
    }
  }

  fileprivate func didExit(_ status: Int64, _ signal: Int32) {
    end(signal != 0 ? .signalled(signal) : .exited(Int32(truncatingIfNeeded: status)))
  }

  private func end(_ status: ChildProcess.ExitStatus) {
    guard case .running = state else { return }
    state = .ended(status)
    closeHandle()
    for waiter in waiters { waiter.resume(returning: status) }
    waiters = []
  }

  func signal(_ number: Int32, to target: ChildProcess.SignalTarget) -> Bool {
    switch target {
    case .group:
      guard case .own = options.session, pid > 1 else { return false }
      return uv_kill(-pid, number) == 0
    case .process:
      // Its number may belong to another process once we have seen its end.
      guard case .running = state, let process else { return false }
      return uv_process_kill(process, number) == 0
    }
  }

  override func loopWillStop() {
    switch (state, options.lifetime) {
    case (.ended, _): closeHandle()
    case (.running, .mayOutliveUs): end(.unknown)
    case (.running, .endsWithLoop):
      // The handle stays open until the exit is seen, so that no zombie is left.
      if !signal(SIGKILL, to: .group) { _ = signal(SIGKILL, to: .process) }
    }
  }
}

private func childDidExit(
  _ process: UnsafeMutablePointer<uv_process_t>?, _ status: Int64, _ signal: Int32
) {
  owner(process?.pointee.data, as: SpawnedProcess.self)?.didExit(status, signal)
}
