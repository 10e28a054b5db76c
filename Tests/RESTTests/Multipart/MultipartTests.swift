// SPDX-License-Identifier: Apache-2.0

import LivyREST
import Testing

@Suite("Multipart forms")
struct MultipartTests {
  private static let form = """
    --XX\r
    Content-Disposition: form-data; name="note"\r
    \r
    hello\r
    --XX  \r
    Content-Type: application/octet-stream\r
    content-disposition: form-data; name="file"; filename="a;\\"b.txt"\r
    \r
    one\r\n-- XX --X\r\n--X\r\ntwo\r
    --XX\r
    Content-Disposition: form-data; name="empty"; filename=""\r
    \r
    \r
    --XX--\r
    an epilogue
    """

  /// Neighbouring bytes are joined, since they may be cut anywhere.
  private func events(
    _ parts: [[UInt8]], boundary: String = "XX"
  ) throws -> [MultipartParser.Event] {
    var parser = MultipartParser(boundary: boundary)
    var all: [MultipartParser.Event] = []
    for part in parts {
      for event in try parser.receive(part) {
        if case .bytes(let more) = event, case .bytes(let bytes)? = all.last {
          all[all.count - 1] = .bytes(bytes + more)
        } else {
          all.append(event)
        }
      }
    }
    try parser.finish()
    return all
  }

  private static let expected: [MultipartParser.Event] = [
    .part(name: "note", fileName: nil), .bytes(Array("hello".utf8)), .partEnd,
    .part(name: "file", fileName: "a;\"b.txt"),
    .bytes(Array("one\r\n-- XX --X\r\n--X\r\ntwo".utf8)), .partEnd,
    .part(name: "empty", fileName: ""), .partEnd,
  ]

  @Test("A form is the same wherever its bytes are cut")
  func cuts() throws {
    let bytes = Array(Self.form.utf8)
    for cut in bytes.indices {
      let found = try events([Array(bytes[..<cut]), Array(bytes[cut...])])
      #expect(found == Self.expected, "cut at \(cut)")
    }
    #expect(try events(bytes.map { [$0] }) == Self.expected)
  }

  @Test("A preamble is passed over, and a name may come in UTF-8")
  func preamble() throws {
    let form =
      "a preamble\r\n--b\r\nContent-Disposition: form-data; name=file; "
      + "filename=\"?.py\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.py\r\n\r\nx\r\n--b--"
    #expect(
      try events([Array(form.utf8)], boundary: "b") == [
        .part(name: "file", fileName: "grüße.py"), .bytes([0x78]), .partEnd,
      ])
  }

  @Test("No byte is held back for longer than a boundary may need")
  func streaming() throws {
    var parser = MultipartParser(boundary: "XX")
    let head = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
    _ = try parser.receive(Array(head.utf8))
    let chunk = [UInt8](repeating: 13, count: 10_000)
    var count = 0
    for event in try parser.receive(chunk) {
      if case .bytes(let bytes) = event { count += bytes.count }
    }
    #expect(count > chunk.count - 10)
  }

  @Test(
    "A form that is none is refused in words",
    arguments: [
      ("", "ends before"),
      ("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbody", "ends before"),
      ("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n", "ends before"),
      ("--XXX\r\n\r\n", "stands behind"),
      ("--XX\r\nX: y\r\n\r\nbody\r\n--XX--", "no Content-Disposition"),
      ("--XX\r\n\r\nbody\r\n--XX--", "no Content-Disposition"),
      ("--XX\r\nContent-Disposition: form-data\r\n\r\nbody\r\n--XX--", "no name"),
      (String(repeating: "x", count: 20_000), "begin with the boundary"),
      ("--XX\r\nA: " + String(repeating: "x", count: 20_000), "longer than"),
      ("--XX\r\nA: " + String(repeating: "x", count: 20_000) + "\r\n\r\n", "longer than"),
      (
        String(
          repeating: "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", count: 65),
        "parts"
      ),
    ])
  func refusals(form: String, words: String) throws {
    let error = #expect(throws: MultipartError.self) { try events([Array(form.utf8)]) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test(
    "The boundary stands in the type",
    arguments: [
      ("multipart/form-data; boundary=abc", "abc"),
      ("Multipart/Form-Data;charset=utf-8; Boundary=\"a b;c\"", "a b;c"),
      (
        "multipart/form-data; boundary=\"----WebKitFormBoundary7MA4\"", "----WebKitFormBoundary7MA4"
      ),
      ("multipart/form-data", nil), ("multipart/form-data; boundary=", nil),
      ("multipart/mixed; boundary=abc", nil), ("application/json", nil), ("", nil),
      ("multipart/form-data; boundary=\(String(repeating: "x", count: 71))", nil),
      ("multipart/form-data; boundary=\"a\u{1}\"", nil),
    ] as [(String, String?)])
  func boundaries(type: String, boundary: String?) {
    #expect(MultipartBoundary.find(in: type) == boundary)
  }

  @Test("Bytes at random never trap, whole or cut")
  func random() {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("--XX\r\n\r\n:;=\"\\ Content-Disposition: form-data; name=\"a\"".utf8)
    for _ in 0..<2_000 {
      var parser = MultipartParser(boundary: "XX")
      for _ in 0..<4 {
        let bytes = (0..<Int.random(in: 0..<60, using: &generator)).compactMap { _ in
          alphabet.randomElement(using: &generator)
        }
        if (try? parser.receive(bytes)) == nil { break }
      }
    }
  }
}
