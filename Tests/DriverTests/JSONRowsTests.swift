// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import LivyDriver

struct JSONRowsTests {
  @Test(
    "Rows become arrays, cells stay as they are",
    arguments: [
      ("", 1, "[]"),
      (#"{"c0":1}"#, 1, "[[1]]"),
      (#"{"c0":1},{"c0":null},{"c0":-1.5E-7}"#, 1, "[[1],[null],[-1.5E-7]]"),
      (#"{"c0":true,"c1":"x"}"#, 2, #"[[true,"x"]]"#),
      (#"{"c0":"a,\"c1\":\\","c1":"}{"}"#, 2, #"[["a,\"c1\":\\","}{"]]"#),
      (#"{"c0":"é\u00e9\n"}"#, 1, #"[["é\u00e9\n"]]"#),
      (#"{"c0":{"c0":1,"c0":[2,"]"]},"c1":[]}"#, 2, #"[[{"c0":1,"c0":[2,"]"]},[]]]"#),
      (#"{"c0":[[[{}]]],"c1":{}}"#, 2, "[[[[[{}]]],{}]]"),
      (#"{"c0":123456789012345678901234567890.10}"#, 1, "[[123456789012345678901234567890.10]]"),
    ])
  func rows(_ objects: String, columns: Int, expected: String) throws {
    #expect(try JSONRows.arrays(from: objects, columns: columns) == expected)
  }

  @Test(
    "What Spark does not write is refused, and nothing worse",
    arguments: [
      ("{", 1), ("}", 1), ("{}", 1), (#"{"c0"}"#, 1), (#"{"c0":}"#, 1), (#"{"c0":1"#, 1),
      (#"{"c0":1}x"#, 1), (#"{"c0":1},"#, 1), (#"{"c0":1}{"c0":1}"#, 1), (#"{"c1":1}"#, 1),
      (#"{"c0":1,"c1":2}"#, 1), (#"{"c0":1}"#, 2), (#"{"c1":1,"c0":2}"#, 2), (#"{"c0":"}"#, 1),
      (#"{"c0":"\"#, 1), (#"{"c0":[}"#, 1), (#"{"c0":[)]}"#, 0), (#"{"c0":{]}"#, 1),
      (#"{"c0":[[1]}"#, 1), (#"{"c0":1 2}"#, 1), (#"{"c0":NaN}"#, 1), (#" {"c0":1}"#, 1),
      ("{\"c0\":\"a\nb\"}", 1), ("{\"c0\":[\u{1}]}", 1), ("[1]", 1), (#"{"c0":1}"#, 0),
    ])
  func refused(_ objects: String, columns: Int) {
    #expect(throws: JSONRows.Failure.self) {
      try JSONRows.arrays(from: objects, columns: columns)
    }
  }

  @Test("A row that is cut anywhere is refused")
  func cutAnywhere() {
    let row = Array(#"{"c0":"a\"b","c1":[{"x":1.5}],"c2":null}"#.utf8)
    for cut in 1..<row.count {
      let part = String(decoding: row[..<cut], as: UTF8.self)
      #expect(throws: JSONRows.Failure.self) { try JSONRows.arrays(from: part, columns: 3) }
    }
  }

  @Test("Nesting has a limit and costs no stack")
  func deep() {
    func nested(_ depth: Int) -> String {
      "{\"c0\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        + "}"
    }
    #expect(throws: Never.self) {
      try JSONRows.arrays(from: nested(JSONRows.depthMax), columns: 1)
    }
    #expect(throws: JSONRows.Failure.self) {
      try JSONRows.arrays(from: nested(1_000_000), columns: 1)
    }
  }
}
