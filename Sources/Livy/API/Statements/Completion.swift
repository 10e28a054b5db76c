// SPDX-License-Identifier: Apache-2.0

/// What `POST /sessions/{id}/completion` takes: a place in some code.
public struct CompleteCode: Hashable, Sendable {
  /// The code.
  public var code: String
  /// What it is written in; nil is the session's kind.
  public var kind: String?
  /// How many UTF-16 code units of the code stand before the place.
  public var cursor: Int

  /// A place of its parts.
  public init(code: String, kind: String? = nil, cursor: Int) {
    self.code = code
    self.kind = kind
    self.cursor = cursor
  }
}

extension CompleteCode: JSONWritable, JSONReadable {
  /// Writes what is set.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("code", code)
      if let kind { writer.field("kind", kind) }
      writer.field("cursor", cursor)
    }
  }

  /// Reads a request: unknown fields are refused. Without a cursor the place is the code's beginning,
  /// as an absent number is 0.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(
      json, of: "CompletionRequest", strictness: .only(["code", "kind", "cursor"]))
    self.init(
      code: try fields.required(fields.text("code"), "code"), kind: try fields.text("kind"),
      cursor: Int(try fields.int32("cursor") ?? 0))
  }
}

/// Words that may stand at a place.
public struct Completion: Hashable, Sendable {
  /// Whole words, each in place of the part of it that stands before the cursor.
  public var candidates: [String]

  /// An answer of its parts.
  public init(candidates: [String]) {
    self.candidates = candidates
  }
}

extension Completion: JSONWritable, JSONReadable {
  /// Writes the only field.
  public func write(to writer: inout JSONWriter) {
    writer.object { $0.field("candidates", candidates) }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "CompletionResponse")
    self.init(candidates: try fields.texts("candidates") ?? [])
  }
}
