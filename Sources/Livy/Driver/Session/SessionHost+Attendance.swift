// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport

/// What goes on beside the statement that runs. Nearly all are over before anything has to: a task
/// is made only when one has to be told of or ended.
struct Attendance {
  let statement: StatementID
  let workshop: SessionHost.Workshop
  /// Nil while it starts.
  var interpreter: (any Interpreter)?
  var isEnding = false
  /// The first look at the progress.
  fileprivate var timer: LoopTimer
  fileprivate var tasks: [Task<Void, Never>] = []
}

extension SessionHost {
  func beginAttendance(to statement: StatementID, in workshop: Workshop) {
    let timer = loop.schedule(after: plan.settings.progressInterval) {
      self.assumeIsolated { $0.beginProgress(of: statement) }
    }
    attendance = Attendance(statement: statement, workshop: workshop, timer: timer)
  }

  /// Nothing of it goes on when this returns.
  func endAttendance() async {
    guard let ended = attendance else { return }
    attendance = nil
    ended.timer.cancel()
    for task in ended.tasks { task.cancel() }
    for task in ended.tasks { await task.value }
  }

  /// The statement was cancelled: its jobs and its code are ended, and it is waited for no longer
  /// than it may take.
  func beginEnding(_ statement: StatementID) {
    guard var attended = attendance, attended.statement == statement, !attended.isEnding else {
      return
    }
    attended.isEnding = true
    attended.tasks.append(beside { await $0.bear(statement) })
    if let interpreter = attended.interpreter {
      let canceller = attended.workshop.canceller
      attended.tasks.append(
        beside { await $0.press(statement, in: interpreter, through: canceller) })
    }
    attendance = attended
  }

  /// On the loop, which a task without the preference would leave whenever it is resumed.
  private func beside(
    _ body: @escaping @Sendable (SessionHost) async -> Void
  ) -> Task<Void, Never> {
    Task(executorPreference: loop.taskExecutor) { await body(self) }
  }

  private func beginProgress(of statement: StatementID) {
    guard let meter = attendance?.workshop.meter, attendance?.statement == statement else { return }
    attendance?.tasks.append(beside { await $0.tellProgress(of: statement, through: meter) })
  }

  /// Until it is cancelled, which the end of its statement does.
  private func tellProgress(of statement: StatementID, through meter: ProgressMeter) async {
    while !Task.isCancelled {
      let news = await meter.look(at: statement)
      guard !Task.isCancelled else { return }
      if let news { record([.progress(statement, fraction: news)]) }
      await pause(for: plan.settings.progressInterval)
    }
  }
}
