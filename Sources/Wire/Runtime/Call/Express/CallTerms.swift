// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// What holds for one call or many: the time that the caller gives, and the trace that it is part of.
/// Worked out once, since `Duration` counts in 128 bits.
@usableFromInline
struct CallTerms: Equatable, Sendable {
  /// As it travels: rounded up, 0 for no limit, at most what fits (49 days).
  let milliseconds: UInt32
  private let nanoseconds: UInt64
  let duration: Duration?
  let trace: TraceContext?

  /// What the caller gives, and no more than is left of the call that it is made for. Throws
  /// `deadlineExceeded` where no time is left.
  @usableFromInline
  init(timeout: Duration?) throws(CallError) {
    let scope = CallScope.current
    let duration = scope == nil ? timeout : scope?.limit(timeout)
    trace = scope?.trace
    self.duration = duration
    guard let duration else {
      milliseconds = 0
      nanoseconds = .max
      return
    }
    guard duration > .zero else {
      throw CallError(.deadlineExceeded, "no time is left for the call")
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
