// SPDX-License-Identifier: Apache-2.0

/// Why a call to a Livy server failed.
public struct ClientError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Case: String {
      case badURL, unreachable, timedOut, refused, badAnswer, sessionFailed, cancelled
    }
    private let rawCase: Case

    /// The address of the server cannot be used as it is written.
    public static let badURL = Code(rawCase: .badURL)
    /// No connection, or it broke before the answer.
    public static let unreachable = Code(rawCase: .unreachable)
    /// A time limit of the caller passed.
    public static let timedOut = Code(rawCase: .timedOut)
    /// The server answered with an error; its status and words are in the error.
    public static let refused = Code(rawCase: .refused)
    /// The answer is not what a Livy server says.
    public static let badAnswer = Code(rawCase: .badAnswer)
    /// The session ended, or could not start.
    public static let sessionFailed = Code(rawCase: .sessionFailed)
    /// The caller's task was cancelled.
    public static let cancelled = Code(rawCase: .cancelled)

    /// The name of the code.
    public var description: String { rawCase.rawValue }
  }

  /// What kind of trouble it is.
  public var code: Code
  /// What happened; the server's own words when it gave any.
  public var message: String
  /// The HTTP status of a refusal.
  public var status: Int?
  /// The last lines of the session's log, when a session failed.
  public var log: [String]

  /// Makes an error of its parts.
  public init(_ code: Code, _ message: String, status: Int? = nil, log: [String] = []) {
    self.code = code
    self.message = message
    self.status = status
    self.log = log
  }

  /// No such session, statement or route.
  public var isNotFound: Bool { status == 404 }

  /// The message.
  public var description: String { message }
}
