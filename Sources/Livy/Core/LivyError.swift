// SPDX-License-Identifier: Apache-2.0

/// The product's own error: a code, what happened and what to do, and the error beneath it.
package struct LivyError: Error, Sendable, CustomStringConvertible {
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Case: String {
      case invalidRequest, notFound, notActive, tooMany, configuration
      case launchFailed, driverLost, driverRefused, store, cancelled, timedOut
    }
    private let rawCase: Case

    /// The caller can mend it; the message says how.
    package static let invalidRequest = Code(rawCase: .invalidRequest)
    package static let notFound = Code(rawCase: .notFound)
    /// The session is in a state in which this cannot be done.
    package static let notActive = Code(rawCase: .notActive)
    /// A named limit was reached.
    package static let tooMany = Code(rawCase: .tooMany)
    /// The operator can mend it.
    package static let configuration = Code(rawCase: .configuration)
    package static let launchFailed = Code(rawCase: .launchFailed)
    /// The connection to the driver ended before the answer.
    package static let driverLost = Code(rawCase: .driverLost)
    /// The driver answered with an error.
    package static let driverRefused = Code(rawCase: .driverRefused)
    package static let store = Code(rawCase: .store)
    package static let cancelled = Code(rawCase: .cancelled)
    package static let timedOut = Code(rawCase: .timedOut)

    package var description: String { rawCase.rawValue }
  }

  package var code: Code
  package var message: String
  package var cause: (any Error)?

  package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// With the cause's words, unless the message has them already.
  package var description: String {
    guard let told = cause.map({ "\($0)" }), !message.contains(told) else { return message }
    return "\(message) (\(told))"
  }
}
