// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation

/// Standard input, read when somebody asks and not before, so that a long paste or file waits where
/// it is. The wait holds no thread of Swift's pool, and can be broken off without losing a byte.
final class ByteSource: Sendable {
  enum Reading: Equatable {
    case bytes([UInt8])
    /// Somebody has called ``wake()``.
    case woken
    /// The end of the file, or of the terminal.
    case end
  }

  private let descriptor: Int32
  private let wakeReader: Int32
  private let wakeWriter: Int32
  private let queue = DispatchQueue(label: "livy shell input")

  private static let readBytesMax = 4_096

  /// Nil when the process may open no more files.
  init?(descriptor: Int32 = STDIN_FILENO) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    self.descriptor = descriptor
    (wakeReader, wakeWriter) = (ends[0], ends[1])
  }

  deinit {
    close(wakeReader)
    close(wakeWriter)
  }

  /// Ends the wait that is under way, or the next one.
  func wake() {
    // A pipe that is full wakes as well.
    _ = [UInt8(1)].withUnsafeBytes { Foundation.write(wakeWriter, $0.baseAddress, 1) }
  }

  /// - Parameter isOurs: what is there to read is for this program: not in the background, where a
  ///   terminal's keys are somebody else's.
  func read(isOurs: @escaping @Sendable () -> Bool = { true }) async -> Reading {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        queue.async { continuation.resume(returning: self.wait(isOurs)) }
      }
    } onCancel: {
      wake()
    }
  }

  private func wait(_ isOurs: () -> Bool) -> Reading {
    while true {
      let wanted = isOurs() ? Int16(POLLIN) : 0
      var places = [
        pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wanted == 0 ? -1 : descriptor, events: wanted, revents: 0),
      ]
      guard poll(&places, nfds_t(places.count), -1) > 0 else { continue }
      if places[0].revents != 0 {
        drain()
        return .woken
      }
      // It may have gone to the background meanwhile.
      guard isOurs() else { continue }
      if let reading = take() { return reading }
    }
  }

  private func take() -> Reading? {
    var buffer = [UInt8](repeating: 0, count: Self.readBytesMax)
    let count = Foundation.read(descriptor, &buffer, buffer.count)
    if count > 0 { return .bytes(Array(buffer.prefix(count))) }
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? nil : .end
  }

  private func drain() {
    var buffer = [UInt8](repeating: 0, count: 64)
    while Foundation.read(wakeReader, &buffer, buffer.count) > 0 {}
  }
}
