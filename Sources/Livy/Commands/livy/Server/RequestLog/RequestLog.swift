// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore
internal import LivyREST
internal import Logging
internal import Synchronization

/// Writes a line for each answered request into a file a day. Who notes a record never waits: a
/// queue of its own writes those of a moment together, so that not each request wakes a thread, and
/// records that the disk is too slow for are counted and left out.
final class RequestLog: Sendable {
  /// What waits for the queue.
  private struct Waiting {
    var records: [RequestRecord] = []
    var left = 0
  }

  /// Touched on the queue alone.
  private struct Output {
    var file: RequestLogFile
    /// It was told that the file cannot be written; told again only after it could.
    var isTold = false
  }

  private let settings: RequestLogSettings
  private let logger: Logger
  private let queue = DispatchQueue(label: "livy.request-log")
  private let waiting = Mutex(Waiting())
  private let output: Mutex<Output>

  init(_ settings: RequestLogSettings, logger: Logger) {
    self.settings = settings
    self.logger = logger
    output = Mutex(Output(file: RequestLogFile(settings)))
  }

  func note(_ record: RequestRecord) {
    let count = waiting.withLock { waiting in
      guard waiting.records.count < settings.waitingMax else {
        waiting.left += 1
        return 0
      }
      waiting.records.append(record)
      return waiting.records.count
    }
    if count == 1 {
      let pause = DispatchTimeInterval.milliseconds(settings.gatherMilliseconds)
      queue.asyncAfter(deadline: .now() + pause) { self.write() }
    } else if count == settings.waitingMax / 2 {
      queue.async { self.write() }
    }
  }

  /// Returns when all that was noted before is written.
  func finish() async {
    await withCheckedContinuation { continuation in
      queue.async {
        self.write()
        continuation.resume()
      }
    }
  }

  private func write() {
    let taken = waiting.withLock { waiting in
      defer { waiting = Waiting() }
      return waiting
    }
    output.withLock { output in
      do throws(LivyError) {
        try output.file.write(taken.records)
        output.isTold = false
      } catch {
        if !output.isTold { logger.warning("requests are not in the request log: \(error)") }
        output.isTold = true
      }
    }
    if taken.left > 0 {
      logger.warning("\(taken.left) requests came faster than the request log can be written")
    }
  }
}
