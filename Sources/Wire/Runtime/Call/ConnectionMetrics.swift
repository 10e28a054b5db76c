// SPDX-License-Identifier: Apache-2.0

/// What happened on one connection, or, summed up with `add`, on several: plain numbers that the
/// machine counts as it goes.
package struct ConnectionMetrics: Equatable, Sendable {
  /// Calls of one direction.
  package struct Calls: Equatable, Sendable {
    package private(set) var begun = 0
    package private(set) var succeeded = 0
    /// By code; empty until one failed.
    private var failures: [Int] = []

    /// Calls without an outcome.
    package var open: Int { begun - ended }
    package var ended: Int { succeeded + failed }
    package var failed: Int { failures.reduce(0, +) }

    package func failed(_ code: CallError.Code) -> Int {
      failures.isEmpty ? 0 : failures[Int(code.rawValue)]
    }

    mutating func begin() {
      begun += 1
    }

    /// - Parameter error: `nil` for success.
    mutating func end(_ error: CallError?) {
      guard let error else {
        succeeded += 1
        return
      }
      addFailures(1, of: error.code)
    }

    private mutating func addFailures(_ count: Int, of code: CallError.Code) {
      if failures.isEmpty { failures = [Int](repeating: 0, count: Self.codesMax) }
      failures[Int(code.rawValue)] += count
    }

    private static let codesMax = 1 + CallError.Code.allCases.count

    package mutating func add(_ other: Calls) {
      begun += other.begun
      succeeded += other.succeeded
      for code in CallError.Code.allCases where other.failed(code) > 0 {
        addFailures(other.failed(code), of: code)
      }
    }
  }

  /// Calls that this side made, and what their callers were told.
  package internal(set) var made = Calls()
  /// Calls that the peer made, and what was answered; also those that no handler saw.
  package internal(set) var served = Calls()
  /// Bytes of messages with their trace contexts, without headers and control frames.
  package internal(set) var sentBytes = 0
  package internal(set) var receivedBytes = 0
  /// Frames of known kinds.
  package internal(set) var receivedFrames = 0
  /// Times that a message or item had to wait for the peer's credit.
  package internal(set) var stalls = 0
  package internal(set) var sentPings = 0
  package internal(set) var receivedPings = 0

  package init() {}

  package mutating func add(_ other: ConnectionMetrics) {
    made.add(other.made)
    served.add(other.served)
    sentBytes += other.sentBytes
    receivedBytes += other.receivedBytes
    receivedFrames += other.receivedFrames
    stalls += other.stalls
    sentPings += other.sentPings
    receivedPings += other.receivedPings
  }
}
