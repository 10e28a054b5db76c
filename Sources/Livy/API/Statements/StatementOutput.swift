// SPDX-License-Identifier: Apache-2.0

/// What a statement came to.
public enum StatementOutput: Hashable, Sendable {
  /// It ended well: one or more forms of its result.
  case ok(executionCount: Int, MIMEBundle)
  /// It failed.
  case error(executionCount: Int, StatementError)
}

/// The forms of one result, by their MIME types, in the order in which the server gave them.
public struct MIMEBundle: Hashable, Sendable {
  /// One form's content.
  public enum Content: Hashable, Sendable {
    /// A text, or base64 of bytes.
    case text(String)
    /// A JSON document with its numbers untouched.
    case json(JSONText)
  }

  /// One form.
  public struct Part: Hashable, Sendable {
    /// Its MIME type.
    public var type: String
    /// Its content.
    public var content: Content

    /// A form of its parts.
    public init(type: String, content: Content) {
      self.type = type
      self.content = content
    }
  }

  /// All forms.
  public var parts: [Part]

  /// A result of these forms.
  public init(parts: [Part]) {
    self.parts = parts
  }

  /// The content of the form with a MIME type.
  public subscript(type: String) -> Content? {
    parts.first { $0.type == type }?.content
  }

  /// What to show where only text can be shown: `text/plain`.
  public var plainText: String? {
    guard case .text(let text)? = self["text/plain"] else { return nil }
    return text
  }
}

/// An error of the code that was run.
public struct StatementError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The class of the exception.
  public var name: String
  /// Its message.
  public var value: String
  /// Where it happened; each line with its line end.
  public var traceback: [String]

  /// An error of its parts.
  public init(name: String, value: String, traceback: [String] = []) {
    self.name = name
    self.value = value
    self.traceback = traceback
  }

  /// Class and message.
  public var description: String { value.isEmpty ? name : "\(name): \(value)" }
}

extension MIMEBundle: JSONWritable, JSONReadable {
  /// Writes an object with a field for each form.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      for part in parts {
        switch part.content {
        case .text(let text): writer.field(part.type, text)
        case .json(let document): writer.field(part.type, document)
        }
      }
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    guard case .object(let members) = json else {
      throw JSONError(.mismatch, "Cannot read MIMEBundle: expected an object")
    }
    parts = members.map { member in
      guard case .string(let text) = member.value else {
        return Part(type: member.name, content: .json(JSONText(member.value)))
      }
      return Part(type: member.name, content: .text(text))
    }
  }
}

extension StatementOutput: JSONWritable, JSONReadable {
  /// Writes the fields of its case.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      switch self {
      case .ok(let count, let data):
        writer.field("status", "ok")
        writer.field("execution_count", count)
        writer.field("data", data)
      case .error(let count, let error):
        writer.field("status", "error")
        writer.field("execution_count", count)
        writer.field("ename", error.name)
        writer.field("evalue", error.value)
        writer.field("traceback", error.traceback)
      }
    }
  }

  /// Reads a server's answer.
  public init(json: JSONValue) throws(JSONError) {
    let fields = try JSONFields(json, of: "StatementOutput")
    let count = Int(try fields.integer("execution_count") ?? 0)
    switch try fields.text("status") {
    case "ok":
      self = .ok(executionCount: count, try MIMEBundle(json: fields.value("data") ?? .object([])))
    case "error":
      let error = StatementError(
        name: try fields.text("ename") ?? "Error", value: try fields.text("evalue") ?? "",
        traceback: try fields.texts("traceback") ?? [])
      self = .error(executionCount: count, error)
    case let other:
      throw JSONError(.mismatch, "Unknown status of a statement: \(other ?? "null")")
    }
  }
}
