// SPDX-License-Identifier: Apache-2.0

/// A process that we started. Its exit is noticed on its loop.
package final class ChildProcess: Sendable {
  package enum ExitStatus: Equatable, Sendable, CustomStringConvertible {
    /// It ended by itself, with this status.
    case exited(Int32)
    /// This signal ended it.
    case signalled(Int32)
    /// The loop stopped before the child did, which may still run.
    case unknown

    package var description: String {
      switch self {
      case .exited(let status): "exit status \(status)"
      case .signalled(let number): "signal \(number)"
      case .unknown: "unknown status"
      }
    }
  }

  package enum SignalTarget: Sendable {
    case process
    /// The child and all its descendants that did not leave its group. Only with a session of its
    /// own.
    case group
  }

  package let pid: Int32
  private let process: LoopBound<SpawnedProcess>
  private let pipes: [Int: LoopBound<any ByteStream>]

  /// Starts a process. Throws `spawnFailed` with the system's reason, and `system` for a file or
  /// pipe that cannot be opened.
  package static func spawn(
    _ options: ChildProcessOptions, on loop: EventLoop, limits: TransportLimits? = nil
  ) async throws(TransportError) -> ChildProcess {
    let limits = limits ?? loop.limits
    let outcome = await loop.run { () -> Result<ChildProcess, TransportError> in
      Result { () throws(TransportError) -> ChildProcess in
        let process = SpawnedProcess(on: loop, options: options)
        let pipes = try process.spawn(limits: limits)
        return ChildProcess(process, pipes, on: loop)
      }
    }
    return try outcome.get()
  }

  private init(_ process: SpawnedProcess, _ pipes: [Int: UVStream], on loop: EventLoop) {
    pid = process.pid
    self.process = LoopBound(process, on: loop)
    self.pipes = pipes.mapValues { LoopBound($0, on: loop) }
  }

  /// Our end of a descriptor that was asked for as a pipe. Each must be started or cancelled.
  package func pipe(_ descriptor: Int) -> LoopBound<any ByteStream>? {
    pipes[descriptor]
  }

  /// Returns when the child has ended; at once if it has already. Output may still wait in its
  /// pipes.
  package func waitForExit() async -> ExitStatus {
    await withCheckedContinuation { waiter in
      let process = process
      process.loop.submit { process.value.wait(waiter) }
    }
  }

  /// Sends a signal. False where there is nobody to hear it, or it must not be sent.
  ///
  /// After the child's end its group can still be reached while anybody is left in it.
  @discardableResult
  package func signal(_ number: Int32, to target: SignalTarget) async -> Bool {
    let process = process
    return await process.loop.run { process.value.signal(number, to: target) }
  }
}
