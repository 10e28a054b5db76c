// SPDX-License-Identifier: Apache-2.0

/// Runs tasks on an event loop's thread: `Task(executorPreference: loop.taskExecutor) { ... }`.
///
/// A type of its own beside `EventLoop`: one class for both roles made the runtime queue each
/// resumed task once more. It keeps its loop alive and the loop keeps it: the few loops of a
/// process are never freed, so that a late task always finds its executor.
package final class LoopTaskExecutor: TaskExecutor {
  private let loop: EventLoop

  init(loop: EventLoop) {
    self.loop = loop
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    loop.post(.taskJob(UnownedJob(job)))
  }
}
