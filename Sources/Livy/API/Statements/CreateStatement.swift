// SPDX-License-Identifier: Apache-2.0

/// What `POST /sessions/{id}/statements` takes.
public struct CreateStatement: Hashable, Sendable {
  /// The code.
  public var code: String
  /// What it is written in; nil is the session's kind.
  public var kind: String?

  /// A statement of its parts.
  public init(code: String, kind: String? = nil) {
    self.code = code
    self.kind = kind
  }
}

extension CreateStatement: JSONWritable, JSONReadable {
  /// Writes what is set.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("code", code)
      if let kind { writer.field("kind", kind) }
    }
  }

  /// Reads a request: unknown fields are refused.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(
      json, of: "ExecuteRequest", strictness: .only(["code", "kind"]))
    self.init(
      code: try fields.required(fields.text("code"), "code"), kind: try fields.text("kind"))
  }
}
