// SPDX-License-Identifier: Apache-2.0

/// Some of a server's sessions, in order of their numbers.
public struct SessionPage: Hashable, Sendable {
  /// Where the page begins, as it was asked for.
  public var from: Int
  /// How many sessions the server has.
  public var total: Int
  /// The sessions of this page.
  public var sessions: [Session]

  /// Makes a page of its parts.
  public init(from: Int, total: Int, sessions: [Session]) {
    self.from = from
    self.total = total
    self.sessions = sessions
  }
}

extension SessionPage: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("from", from)
      writer.field("total", total)
      writer.field("sessions", sessions)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "SessionPage")
    self.init(
      from: Int(try fields.integer("from") ?? 0), total: Int(try fields.integer("total") ?? 0),
      sessions: try Array(json: fields.array("sessions") ?? []))
  }
}

/// The answer of `GET /sessions/{id}/state`.
public struct SessionStateAnswer: Hashable, Sendable {
  /// The number of the session.
  public var id: Int
  /// What it does now.
  public var state: Session.State

  /// Makes an answer of its parts.
  public init(id: Int, state: Session.State) {
    self.id = id
    self.state = state
  }
}

extension SessionStateAnswer: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("state", state.rawValue)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "SessionStateAnswer")
    self.init(
      id: Int(try fields.required(fields.integer("id"), "id")),
      state: Session.State(rawValue: try fields.required(fields.text("state"), "state")))
  }
}

/// Some lines of a session's log.
public struct LogPage: Hashable, Sendable {
  /// The number of the session.
  public var id: Int
  /// The first line's place in the log.
  public var from: Int
  /// How many lines the log has.
  public var total: Int
  /// The lines.
  public var log: [String]

  /// Makes a page of its parts.
  public init(id: Int, from: Int, total: Int, log: [String]) {
    self.id = id
    self.from = from
    self.total = total
    self.log = log
  }
}

extension LogPage: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("from", from)
      writer.field("total", total)
      writer.field("log", log)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "LogPage")
    self.init(
      id: Int(try fields.required(fields.integer("id"), "id")),
      from: Int(try fields.integer("from") ?? 0), total: Int(try fields.integer("total") ?? 0),
      log: try fields.texts("log") ?? [])
  }
}
