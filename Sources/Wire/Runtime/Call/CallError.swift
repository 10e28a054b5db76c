// SPDX-License-Identifier: Apache-2.0

/// How one call failed. Travels over the wire, except for `cause`.
@usableFromInline
package struct CallError: Error, Equatable, Sendable, CustomStringConvertible {
  /// gRPC's sixteen codes, with the same numbers, so that their meaning needs no second book
  /// (https://grpc.io/docs/guides/status-codes).
  @usableFromInline
  package enum Code: UInt8, Sendable, CaseIterable {
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16
  }

  package var code: Code
  package var message: String
  /// The other side's trace, where it sent one: for logs, never for a user.
  package var remoteTrace: String?

  @usableFromInline package init(_ code: Code, _ message: String, remoteTrace: String? = nil) {
    self.code = code
    self.message = message
    self.remoteTrace = remoteTrace
  }

  @usableFromInline package var description: String { "\(message) [\(code)]" }
}
