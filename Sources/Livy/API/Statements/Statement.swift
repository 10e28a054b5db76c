// SPDX-License-Identifier: Apache-2.0

/// A piece of code in a session, with all that is known of its run.
public struct Statement: Hashable, Sendable, Identifiable {
  /// Where a statement is on its way. Other servers may know words that are not among ours.
  public struct State: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The word.
    public let rawValue: String

    /// Takes any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Others are before it.
    public static let waiting = State(rawValue: "waiting")
    /// It runs.
    public static let running = State(rawValue: "running")
    /// It is over, well or not: the output says which.
    public static let available = State(rawValue: "available")
    /// Livy's documentation has it; a statement in it is over.
    public static let error = State(rawValue: "error")
    /// It is being cancelled.
    public static let cancelling = State(rawValue: "cancelling")
    /// It was cancelled.
    public static let cancelled = State(rawValue: "cancelled")

    /// Nothing will change any more.
    public var isFinished: Bool { [.available, .error, .cancelled].contains(self) }

    /// The word.
    public var description: String { rawValue }
  }

  /// The number of the statement in its session.
  public var id: Int
  /// The code as it was sent.
  public var code: String
  /// Where it is on its way.
  public var state: State
  /// What it came to; nil until then.
  public var output: StatementOutput?
  /// 0 to 1.
  public var progress: Double
  /// When it began, in milliseconds since 1970; 0 until then.
  public var started: Int64
  /// When it ended, in milliseconds since 1970; 0 until then.
  public var completed: Int64

  /// A statement that has not begun.
  public init(id: Int, code: String, state: State) {
    self.id = id
    self.code = code
    self.state = state
    progress = 0
    started = 0
    completed = 0
  }
}

extension Statement: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("code", code)
      writer.field("state", state.rawValue)
      writer.field("output", output)
      writer.field("progress", progress)
      writer.field("started", started)
      writer.field("completed", completed)
    }
  }

  /// Reads a server's answer; only id and state must be there.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "Statement")
    self.init(
      id: Int(try fields.required(fields.integer("id"), "id")),
      code: try fields.text("code") ?? "",
      state: State(rawValue: try fields.required(fields.text("state"), "state")))
    if let json = fields.value("output") { output = try StatementOutput(json: json) }
    progress = try fields.double("progress") ?? 0
    started = try fields.integer("started") ?? 0
    completed = try fields.integer("completed") ?? 0
  }
}

/// Some of a session's statements.
public struct StatementPage: Hashable, Sendable {
  /// How many statements the session has kept.
  public var total: Int
  /// The statements of this page.
  public var statements: [Statement]

  /// Makes a page of its parts.
  public init(total: Int, statements: [Statement]) {
    self.total = total
    self.statements = statements
  }
}

extension StatementPage: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("total_statements", total)
      writer.field("statements", statements)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "StatementPage")
    self.init(
      total: Int(try fields.integer("total_statements") ?? 0),
      statements: try Array(json: fields.array("statements") ?? []))
  }
}
