// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// A statement's output as it stands in a store: JSON, apart from the domain's type as
/// `StoredRequest` is. A field that is added is optional; anything else is a new version.
struct StoredOutput: Codable {
  static let version = 1

  /// One form of a result: `text`, or `json` with a document as it was.
  struct Part: Codable {
    var type: String
    var text: String?
    var json: String?
  }

  struct Failure: Codable {
    var name: String
    var value: String
    var traceback: [String]
  }

  private var parts: [Part]?
  private var failure: Failure?

  init(_ output: StatementOutput) {
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

  var output: StatementOutput {
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
