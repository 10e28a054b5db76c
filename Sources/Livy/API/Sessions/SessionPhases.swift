// SPDX-License-Identifier: Apache-2.0

/// How far the start of a session has come, and when it ends by itself: the answer of
/// `GET /sessions/{id}/phases`, which Livy does not have.
public struct SessionPhases: Hashable, Sendable {
  /// One step of a start.
  public struct Phase: Hashable, Sendable {
    /// `submitting`, `accepted`, `connected` or `ready`.
    public var name: String
    /// When it began, in milliseconds since 1970.
    public var at: Int64

    /// Makes a step of its parts.
    public init(name: String, at: Int64) {
      self.name = name
      self.at = at
    }
  }

  /// A time at which the server will end the session.
  public struct Expiry: Hashable, Sendable {
    /// `idle`, `ttl` or `heartbeat`.
    public var cause: String
    /// In milliseconds since 1970, if nothing moves it until then.
    public var at: Int64

    /// Makes an end of its parts.
    public init(cause: String, at: Int64) {
      self.cause = cause
      self.at = at
    }
  }

  /// The number of the session.
  public var id: Int
  /// What it does now.
  public var state: Session.State
  /// Why it failed or ended; nil while all is well.
  public var reason: String?
  /// When it was asked for, in milliseconds since 1970.
  public var created: Int64
  /// The steps so far, in order.
  public var phases: [Phase]
  /// When it ends if nobody uses it; soonest first.
  public var expiries: [Expiry]
  /// A cancelled statement whose code goes on: nothing else runs until it has ended.
  public var held: Int?

  /// A start without steps.
  public init(id: Int, state: Session.State, created: Int64) {
    self.id = id
    self.state = state
    self.created = created
    phases = []
    expiries = []
  }
}

extension SessionPhases: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("state", state.rawValue)
      writer.field("reason", reason)
      writer.field("created", created)
      writer.field("phases", phases)
      writer.field("expiries", expiries)
      writer.field("held", held)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "SessionPhases")
    self.init(
      id: Int(try fields.required(fields.integer("id"), "id")),
      state: Session.State(rawValue: try fields.required(fields.text("state"), "state")),
      created: try fields.integer("created") ?? 0)
    reason = try fields.text("reason")
    phases = try Array(json: fields.array("phases") ?? [])
    expiries = try Array(json: fields.array("expiries") ?? [])
    held = try fields.integer("held").map { Int($0) }
  }
}

extension SessionPhases.Phase: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("phase", name)
      writer.field("at", at)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "Phase")
    self.init(
      name: try fields.required(fields.text("phase"), "phase"),
      at: try fields.integer("at") ?? 0)
  }
}

extension SessionPhases.Expiry: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("cause", cause)
      writer.field("at", at)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "Expiry")
    self.init(
      cause: try fields.required(fields.text("cause"), "cause"),
      at: try fields.required(fields.integer("at"), "at"))
  }
}
