// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import Transport

/// What calls inherit from the call that they are made for, on any connection: they get no more
/// time than is left of it, and its trace context.
///
/// Travels with the task, so that no handler can forget to pass it on, and into the tasks that it
/// starts. What is started there and outlives the handler has the time that it wants: from the
/// handler's end on no deadline is inherited.
struct CallScope: Sendable {
  @TaskLocal static var current: CallScope?

  var time: ServingTime?
  var trace: TraceContext?

  /// The shorter of `timeout` and what is left; `nil` for no limit.
  func limit(_ timeout: Duration?) -> Duration? {
    guard let remaining = time?.remaining else { return timeout }
    return timeout.map { min($0, remaining) } ?? remaining
  }
}

/// The time that a handler has, until it has ended.
final class ServingTime: Sendable {
  private let loop: any Loop
  private let deadline: LoopInstant
  private let isOver = Atomic<Bool>(false)

  init(until deadline: LoopInstant, on loop: any Loop) {
    self.loop = loop
    self.deadline = deadline
  }

  /// Zero or less when the deadline passed; `nil` when the handler has ended.
  var remaining: Duration? {
    isOver.load(ordering: .relaxed) ? nil : loop.now.duration(to: deadline)
  }

  func end() {
    isOver.store(true, ordering: .relaxed)
  }
}
