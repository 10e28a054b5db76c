// SPDX-License-Identifier: Apache-2.0

internal import LivyAPI
internal import LivyCore

/// A statement's output as it stands in a store: JSON, apart from the domain's type as
/// `StoredRequest` is. A field that is added is optional; anything else is a new version.
///
/// Every statement's is written and few are ever read, so it is written without Foundation's encoder,
/// which takes longer than the store needs for the row.
struct StoredOutput: Decodable {
  static let version = 1

  /// One form of a result: `text`, or `json` with a document as it was.
  struct Part: Decodable {
    var type: String
    var text: String?
    var json: String?
  }

  struct Failure: Decodable {
    var name: String
    var value: String
    var traceback: [String]
  }

  private var parts: [Part]?
  private var failure: Failure?

  init(_ output: LivyCore.StatementOutput) {
    switch output {
    case .success(let parts):
      self.parts = parts.map { part in
        switch part.content {
        case .text(let text): Part(type: part.mimeType, text: text)
        case .json(let json): Part(type: part.mimeType, json: json)
        }
      }
    case .failure(let failure):
      self.failure = Failure(
        name: failure.name, value: failure.value, traceback: failure.traceback)
    }
  }

  /// Its JSON: the same output is always the same text.
  var text: String { JSONWriter.text(of: self) }

  var output: LivyCore.StatementOutput {
    get throws {
      switch (parts, failure) {
      case (let parts?, nil): .success(try parts.map(Self.part))
      case (nil, let failure?):
        .failure(
          StatementFailure(
            name: failure.name, value: failure.value, traceback: failure.traceback))
      case (nil, nil), (_?, _?): throw Unreadable("its output is neither result nor failure")
      }
    }
  }

  private static func part(_ part: Part) throws -> OutputPart {
    switch (part.text, part.json) {
    case (let text?, nil): OutputPart(mimeType: part.type, content: .text(text))
    case (nil, let json?): OutputPart(mimeType: part.type, content: .json(json))
    case (nil, nil), (_?, _?): throw Unreadable("a part of its output is neither text nor JSON")
    }
  }
}

extension StoredOutput: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.object { members in
      if let failure { members.field("failure", failure) }
      guard let parts else { return }
      members.field("parts", parts)
    }
  }
}

extension StoredOutput.Part: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.object { members in
      if let json { members.field("json", json) }
      if let text { members.field("text", text) }
      members.field("type", type)
    }
  }
}

extension StoredOutput.Failure: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.object { members in
      members.field("name", name)
      members.field("traceback", traceback)
      members.field("value", value)
    }
  }
}
