// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Testing
internal import WireCodec
internal import WireJSON
internal import WireSamples

/// The examples of docs/wire.md and docs/json.md are what the codec does.
///
/// Each is a row of a table. `| Type | JSON | bytes |` in wire.md: the message has these bytes, and
/// these bytes are the message. `| Type | JSON | written |` in json.md: the first text is read as a
/// message whose JSON is the second, or is refused.
struct WireDocumentTests {
  private static let documents = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs")

  private struct Example {
    var type: any JSONMessage.Type
    var first: String
    var second: String
  }

  /// Rows whose first column names a sample message, between backticks.
  private static func examples(in document: String) throws -> [Example] {
    let url = documents.appending(path: document)
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap { line in
      let columns = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard columns.count >= 3 else { return nil }
      guard columns[0].hasPrefix("`") else { return nil }
      let texts = columns.prefix(3).map { $0.filter { $0 != "`" } }
      guard let type = Samples.all.first(where: { $0.jsonTypeName.hasSuffix(".\(texts[0])") })
      else {
        Issue.record("\(document): no sample message is called \(texts[0])")
        return nil
      }
      return Example(type: type, first: texts[1], second: texts[2])
    }
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    hex.split(separator: " ").compactMap { UInt8($0, radix: 16) }
  }

  private static func isEqual<Message: JSONMessage>(
    _ message: Message, decoded bytes: [UInt8]
  ) throws -> Bool {
    try Message(decoding: bytes) == message
  }

  @Test("The bytes of docs/wire.md are the messages beside them")
  func wire() throws {
    let examples = try Self.examples(in: "wire.md")
    #expect(examples.count >= 20)
    for example in examples {
      let message = try example.type.init(json: example.first)
      let bytes = Self.bytes(example.second)
      #expect(message.encoded() == bytes, "\(example)")
      #expect(try Self.isEqual(message, decoded: bytes), "\(example)")
    }
  }

  @Test("The texts of docs/json.md are read and written as they stand there")
  func json() throws {
    let examples = try Self.examples(in: "json.md")
    #expect(examples.count >= 20)
    let reading = JSONReadingOptions(types: Samples.types)
    for example in examples {
      if example.second == "refused" {
        #expect(throws: JSONError.self, "\(example)") {
          try example.type.init(json: example.first, reading)
        }
        continue
      }
      let message = try example.type.init(json: example.first, reading)
      let written = try message.json(JSONWritingOptions(types: Samples.types))
      #expect(written == example.second, "\(example)")
    }
  }
}
