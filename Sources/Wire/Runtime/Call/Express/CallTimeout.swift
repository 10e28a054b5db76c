// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// The time that a caller gives, worked out once for many calls: `Duration` counts in 128 bits.
@usableFromInline
struct CallTimeout: Equatable, Sendable {
  /// As it travels: rounded up, 0 for no limit, at most what fits (49 days).
  let milliseconds: UInt32
  private let nanoseconds: UInt64
  let duration: Duration?

  /// What the caller gives, and no more than is left of the call that it is made for. Throws where
  /// no time is left.
  @usableFromInline
  init(of duration: Duration?) throws(CallError) {
    let scope = CallScope.current
    let duration = scope == nil ? duration : scope?.limit(duration)
    if let duration, duration <= .zero {
      throw CallError(.deadlineExceeded, "no time is left for the call")
    }
    self.init(duration)
  }

  private init(_ duration: Duration?) {
    self.duration = duration
    guard let duration else {
      milliseconds = 0
      nanoseconds = .max
      return
    }
    nanoseconds = LoopInstant(nanoseconds: 0).advanced(by: duration).nanoseconds
    milliseconds = UInt32(
      clamping: nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1))
  }

  func deadline(from now: LoopInstant) -> LoopInstant {
    let (sum, overflow) = now.nanoseconds.addingReportingOverflow(nanoseconds)
    return LoopInstant(nanoseconds: overflow ? .max : sum)
  }
}
