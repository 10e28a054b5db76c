// SPDX-License-Identifier: Apache-2.0

/// What a follower of a session or of one statement hears: the events of
/// `GET /sessions/{id}/events` and `GET /sessions/{id}/statements/{n}/events`, which Livy does not
/// have.
public enum SessionNews: Hashable, Sendable {
  /// `state`: what the session shows from here on.
  case session(id: Int, Session.State)
  /// `state`: what a statement shows from here on; its end is told by `done`.
  case statement(id: Int, Statement.State)
  /// `progress`: 0 to 1.
  case progress(statement: Int, Double)
  /// `output`: a piece of what a statement prints. Pieces may be missing: `offset` counts the UTF-8
  /// bytes that were printed before this one.
  case output(statement: Int, offset: Int, text: String)
  /// `held`: a cancelled statement's code goes on; nothing else runs until it has ended.
  case held(statement: Int)
  /// `done`: a statement is over.
  case done(Statement)
  /// `reset`: the place that the follower named is not known any more, so events were missed.
  case reset
}

extension SessionNews {
  /// In the words of a stream; `id` is where a follower goes on after it.
  public func event(id: String?) -> ServerSentEvent {
    ServerSentEvent(
      name: name, id: id, data: String(decoding: JSONWriter.bytes(of: self), as: UTF8.self))
  }

  /// Nil for an event of a kind that a newer server invented.
  ///
  /// Throws when its data is not what the kind has.
  public init?(_ event: ServerSentEvent, limits: JSONLimits) throws(JSONError) {
    switch event.name {
    case "state", "progress", "output", "held", "done", "reset": break
    default: return nil
    }
    let json = try JSONValue(parsing: Array(event.data.utf8), limits: limits)
    if event.name == "done" {
      self = .done(try Statement(json: json))
      return
    }
    let fields = try JSONFields(json, of: "SessionNews")
    let statement = try fields.integer("statement").map { Int($0) }
    switch (event.name, statement) {
    case ("reset", _): self = .reset
    case ("state", nil):
      self = .session(
        id: Int(try fields.integer("session") ?? 0),
        Session.State(rawValue: try fields.required(fields.text("state"), "state")))
    case ("state", let id?):
      self = .statement(
        id: id, Statement.State(rawValue: try fields.required(fields.text("state"), "state")))
    case ("progress", let id?): self = .progress(statement: id, try fields.double("progress") ?? 0)
    case ("output", let id?):
      self = .output(
        statement: id, offset: Int(try fields.integer("offset") ?? 0),
        text: try fields.text("text") ?? "")
    case ("held", let id?): self = .held(statement: id)
    default: return nil
    }
  }

  private var name: String {
    switch self {
    case .session, .statement: "state"
    case .progress: "progress"
    case .output: "output"
    case .held: "held"
    case .done: "done"
    case .reset: "reset"
    }
  }
}

extension SessionNews: JSONWritable {
  /// Writes the data of its event.
  public func write(to writer: inout JSONWriter) {
    if case .done(let statement) = self {
      statement.write(to: &writer)
      return
    }
    writer.object { writer in
      switch self {
      case .session(let id, let state):
        writer.field("session", id)
        writer.field("state", state.rawValue)
      case .statement(let id, let state):
        writer.field("statement", id)
        writer.field("state", state.rawValue)
      case .progress(let id, let fraction):
        writer.field("statement", id)
        writer.field("progress", fraction)
      case .output(let id, let offset, let text):
        writer.field("statement", id)
        writer.field("offset", offset)
        writer.field("text", text)
      case .held(let id): writer.field("statement", id)
      case .done, .reset: break
      }
    }
  }
}
