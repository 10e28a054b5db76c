// SPDX-License-Identifier: Apache-2.0

internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// HTTP/1.1 whose requests are answered on the loop of their connection: a request that waits for
/// nothing but the session costs no hand-over to another thread and back.
struct LoopedHTTP: ServerChildChannel {
  let channel: HTTP1Channel

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    self.channel.setup(channel: channel, logger: logger)
  }

  @concurrent func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
      await channel.handle(value: value, logger: logger)
    }
  }
}

/// Runs tasks on a loop's thread.
private final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) {
    self.loop = loop
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Work that keeps a thread for long: away from a loop, whose other connections would wait.
enum LongWork {
  /// So many bytes are looked at on the loop.
  static let bytesMax = 256 << 10

  static func run<Value>(
    bytes: Int = .max, _ body: () async throws -> Value
  ) async throws -> Value {
    guard bytes > bytesMax else { return try await body() }
    return try await withTaskExecutorPreference(globalConcurrentExecutor, operation: body)
  }
}
