// SPDX-License-Identifier: Apache-2.0

import LivyAPI
import Testing

@Suite("Server-sent events")
struct ServerSentEventTests {
  @Test("What is written is read again, wherever the stream is cut")
  func bothWays() throws {
    let events = [
      ServerSentEvent(name: "output", id: "1-2", data: "{\"text\":\"é\"}"),
      ServerSentEvent(name: "done", data: "two\nlines\n"),
    ]
    let bytes = Array(events.map(\.text).joined(separator: ":\n\n").utf8)
    for cut in bytes.indices {
      var reader = ServerSentEventReader()
      let first = try reader.read(bytes[..<cut])
      #expect(first + (try reader.read(bytes[cut...])) == events, "cut at \(cut)")
    }
  }

  @Test(
    "An event above the limit is refused, also one of empty lines alone",
    arguments: ["data: 12345678901", "data:\ndata:\ndata:\ndata:\ndata:\ndata:\ndata:\n", "x"])
  func limit(text: String) {
    #expect(throws: ServerSentEventError.self) {
      var reader = ServerSentEventReader(bytesMax: 10)
      _ = try reader.read(Array(String(repeating: text, count: 11).utf8))
    }
  }

  @Test("Line ends of any kind are taken, and what is unknown is passed over")
  func lineEnds() throws {
    var reader = ServerSentEventReader()
    let text = ": hello\r\nretry: 5\r\ndata: a\r\rdata:b\n\nevent: e\n\n"
    let events = try reader.read(Array(text.utf8))
    #expect(events.map(\.data) == ["a", "b"])
    #expect(events.map(\.name) == ["message", "message"])
  }
}
