// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// One thing for a loop to do.
///
/// Proof for `@unchecked Sendable`: all cases but `localBody` are sendable by themselves, and
/// that one is made by `EventLoop.later` alone, which puts it on the list of the loop's own
/// thread.
enum LoopWork: @unchecked Sendable {
  /// A job of an actor that is pinned to the loop.
  case actorJob(UnownedJob)
  /// A job of a task that prefers the loop's task executor.
  case taskJob(UnownedJob)
  case body(@Sendable () -> Void)
  case localBody(() -> Void)
  case timer(TimerHeap.Entry)
}

/// What other threads hand to a loop, and how far its life has come. Guarded by a mutex.
///
///     running --stop()--> stopping --all handles closed, nothing left to do--> stopped
struct LoopInbox: Sendable {
  enum Phase: Sendable {
    case running
    case stopping
    /// The thread has ended. Late work runs on a thread made for it, so that no task hangs.
    case stopped(lateRunner: LateRunner)
  }

  enum LateRunner: Sendable {
    case none
    case running
  }

  /// What the one who added work must do to have it run.
  enum Wake {
    case none
    case sendAsync
    case startLateRunner
  }

  var phase = Phase.running
  var work: [LoopWork] = []
  /// True from the first addition to a batch until the loop takes the batch.
  var isSignalled = false
  var stopWaiters: [CheckedContinuation<Void, Never>] = []
  /// The loop's thread until somebody joined it.
  var thread: uv_thread_t?

  mutating func add(_ item: LoopWork) -> Wake {
    work.append(item)
    switch phase {
    case .running, .stopping:
      if isSignalled { return .none }
      isSignalled = true
      return .sendAsync
    case .stopped(.running):
      return .none
    case .stopped(.none):
      phase = .stopped(lateRunner: .running)
      return .startLateRunner
    }
  }

  /// Gives out the batch and keeps `spare`'s memory for the next one.
  mutating func take(_ spare: inout [LoopWork]) {
    swap(&work, &spare)
    isSignalled = false
  }
}
