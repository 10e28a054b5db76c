// SPDX-License-Identifier: Apache-2.0

extension Session {
  /// The state of a session, in Livy's words. Other servers may know words that are not among ours.
  public struct State: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The word.
    public let rawValue: String

    /// Takes any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nothing was started yet.
    public static let notStarted = State(rawValue: "not_started")
    /// Spark is being started.
    public static let starting = State(rawValue: "starting")
    /// The server was restarted and looks for the driver.
    public static let recovering = State(rawValue: "recovering")
    /// Ready for a statement.
    public static let idle = State(rawValue: "idle")
    /// A batch that runs.
    public static let running = State(rawValue: "running")
    /// A statement runs.
    public static let busy = State(rawValue: "busy")
    /// It is being ended.
    public static let shuttingDown = State(rawValue: "shutting_down")
    /// It could not start, or its interpreter died.
    public static let error = State(rawValue: "error")
    /// Its driver ended.
    public static let dead = State(rawValue: "dead")
    /// It was killed.
    public static let killed = State(rawValue: "killed")
    /// A batch that ended well.
    public static let success = State(rawValue: "success")

    /// It is over and will never run again.
    public var isFinished: Bool {
      [.shuttingDown, .error, .dead, .killed, .success].contains(self)
    }

    /// Statements can be sent.
    public var isReady: Bool { self == .idle || self == .busy }

    /// The word.
    public var description: String { rawValue }
  }
}
