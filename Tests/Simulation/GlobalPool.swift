// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Keeps what a simulated world hands to Swift's global pool on the world's own thread.
///
/// Tasks without an executor of their own go there, and, for a moment, every task without a
/// preference that is resumed by a continuation: also one of an actor that is pinned to a loop. The
/// runtime asks a hook before it enqueues such a job; on threads that run no world the job goes
/// where it would have gone.
enum GlobalPool {
  private typealias Original = @convention(thin) (UnownedJob) -> Void
  private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

  /// The world that runs on this thread.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let code = pthread_key_create(&key, nil)
    precondition(code == 0, "no key for a thread's world is left")
    return key
  }()

  private static let hook: Void = {
    guard let symbol = dlsym(dlopen(nil, 0), "swift_task_enqueueGlobal_hook") else {
      preconditionFailure("Swift's runtime has no hook for its global pool")
    }
    symbol.assumingMemoryBound(to: Hook?.self).pointee = { job, original in
      guard let world = pthread_getspecific(GlobalPool.key) else { return original(job) }
      Unmanaged<SimulatedWorld>.fromOpaque(world).takeUnretainedValue().addPoolJob(job)
    }
  }()

  /// Has the jobs of `body` go to `world`.
  static func with<Failure: Error>(
    _ world: SimulatedWorld, _ body: () throws(Failure) -> Void
  ) throws(Failure) {
    _ = hook
    pthread_setspecific(key, Unmanaged.passUnretained(world).toOpaque())
    defer { pthread_setspecific(key, nil) }
    try body()
  }
}

/// The pool as an executor of its jobs.
final class PoolExecutor: TaskExecutor {
  private unowned let world: SimulatedWorld

  init(_ world: SimulatedWorld) {
    self.world = world
  }

  func enqueue(_ job: consuming ExecutorJob) {
    world.addPoolJob(UnownedJob(job))
  }
}
