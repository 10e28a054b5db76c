// SPDX-License-Identifier: Apache-2.0

/// The answer of `GET /version`.
public struct ServerVersion: Hashable, Sendable {
  /// The version of Livy that is spoken.
  public var version: String
  /// Who built it.
  public var user: String
  /// What it was built from; the server's own version stands here.
  public var revision: String
  /// The branch it was built from.
  public var branch: String
  /// When it was built.
  public var date: String
  /// Where its source is.
  public var url: String

  /// Livy's version that is spoken, and our own.
  ///
  /// pylivy compares the parts of a version as texts, so `0.10.0` would look older than `0.5.0` to
  /// it.
  public init(version: String = "0.9.0-incubating", revision: String) {
    self.version = version
    self.revision = revision
    user = ""
    branch = ""
    date = ""
    url = ""
  }
}

extension ServerVersion: JSONWritable, JSONReadable {
  /// Writes all fields.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("version", version)
      writer.field("user", user)
      writer.field("revision", revision)
      writer.field("branch", branch)
      writer.field("date", date)
      writer.field("url", url)
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "ServerVersion")
    self.init(
      version: try fields.required(fields.text("version"), "version"),
      revision: try fields.text("revision") ?? "")
    user = try fields.text("user") ?? ""
    branch = try fields.text("branch") ?? ""
    date = try fields.text("date") ?? ""
    url = try fields.text("url") ?? ""
  }
}

/// An answer that is one sentence: `{"msg": ...}`. Most refusals are, and the answer to a DELETE.
public struct MessageAnswer: Hashable, Sendable {
  /// The sentence.
  public var message: String

  /// An answer of a sentence.
  public init(_ message: String) {
    self.message = message
  }
}

extension MessageAnswer: JSONWritable, JSONReadable {
  /// Writes `{"msg": ...}`.
  public func write(to writer: inout JSONWriter) {
    writer.object { $0.field("msg", message) }
  }

  /// Reads `{"msg": ...}`.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "MessageAnswer")
    message = try fields.required(fields.text("msg"), "msg")
  }
}
