// SPDX-License-Identifier: Apache-2.0

/// What can go wrong between us and the JVM.
package struct Py4JError: Error, Equatable, Sendable, CustomStringConvertible {
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Case: String {
      case java, gateway, connectionLost, refused, protocolError, limit, unexpectedValue
    }
    private let rawCase: Case

    /// The called code threw; `exception` tells what.
    package static let java = Code(rawCase: .java)
    /// The gateway could not make the call: no such method, class or object.
    package static let gateway = Code(rawCase: .gateway)
    /// The connection ended before the answer, or had ended before the call.
    package static let connectionLost = Code(rawCase: .connectionLost)
    /// The gateway did not accept the connection or its secret.
    package static let refused = Code(rawCase: .refused)
    /// The peer does not speak Py4J; the connection was cut.
    package static let protocolError = Code(rawCase: .protocolError)
    /// A limit of `Py4JLimits` was reached.
    package static let limit = Code(rawCase: .limit)
    /// The answer is of another type than the caller needs.
    package static let unexpectedValue = Code(rawCase: .unexpectedValue)

    package var description: String { rawCase.rawValue }
  }

  package var code: Code
  package var message: String
  /// Set for code `.java`.
  package var exception: JavaException?

  package init(_ code: Code, _ message: String, exception: JavaException? = nil) {
    self.code = code
    self.message = message
    self.exception = exception
  }

  package var description: String { "\(message) [\(code)]" }
}

/// A throwable of Java's, fetched by value.
package struct JavaException: Equatable, Sendable {
  package var className: String
  /// `getMessage()`; many exceptions have none.
  package var message: String?
  /// As `printStackTrace` writes it: the throwable, its frames, its causes.
  package var stackTrace: String

  package init(className: String, message: String?, stackTrace: String) {
    self.className = className
    self.message = message
    self.stackTrace = stackTrace
  }

  /// The frames of the throwable itself, without those of its causes and without the word `at`.
  package var frames: [String] {
    // The message may hold lines that look like frames (an executor's trace): it is skipped as a
    // whole.
    let headline = message.map { "\(className): \($0)" } ?? className
    let body =
      stackTrace.hasPrefix(headline) ? stackTrace.dropFirst(headline.count) : Substring(stackTrace)
    let mark = "\tat "
    return
      body.split(whereSeparator: \.isNewline)
      .drop { !$0.hasPrefix(mark) }
      .prefix { $0.hasPrefix(mark) }
      .map { String($0.dropFirst(mark.count)) }
  }
}

/// Every limit of this module, in one place.
package struct Py4JLimits: Equatable, Sendable {
  /// One reply; a longer one is skipped, its call fails with `.limit`, and the connection goes on.
  package var replyBytesMax = 32 << 20
  /// Calls that wait for their answer on one connection; one more fails with `.limit`.
  package var waitingCallsMax = 256
  /// Time for the gateway to accept a connection and its secret.
  package var openTimeout: Duration = .seconds(30)

  package init() {}
}
