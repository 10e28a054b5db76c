// SPDX-License-Identifier: Apache-2.0

import LivyAPI
import Testing

@Suite("JSON")
struct JSONTests {
  static func parse(_ text: String) throws(JSONError) -> JSONValue {
    try JSONValue(parsing: Array(text.utf8), limits: .requests)
  }

  @Test(
    "What is read is written as it was, without its blanks",
    arguments: [
      ("null", "null"), (" true ", "true"), ("[ ]", "[]"), ("{ }", "{}"), ("-0", "-0"),
      (
        "[1, 2.50, -3e+07, 12345678901234567890123456789]",
        "[1,2.50,-3e+07,12345678901234567890123456789]"
      ),
      (#"{"b" : [ {"a":null} , false ], "a":"x"}"#, #"{"b":[{"a":null},false],"a":"x"}"#),
      (#""\"\\\/\b\f\n\r\té€😀""#, #""\"\\/\u0008\u000C\n\r\té€😀""#),
      (#""\u0041\u00e9\u20AC\ud83d\ude00""#, #""Aé€😀""#),
      (#""a\ud83dx\ude00""#, "\"a\u{FFFD}x\u{FFFD}\""),
      ("\u{FEFF}1", "1"),
    ])
  func roundTrip(text: String, written: String) throws {
    let value = try Self.parse(text)
    #expect(JSONText(value).text == written)
    #expect(try Self.parse(written) == value)
    #expect(throws: Never.self) { try JSONText(checking: text) }
  }

  @Test(
    "What is no JSON is refused, by the reader and by the checker",
    arguments: [
      "", " ", "nul", "True", "01", "-", "1.", ".5", "1e", "+1", "0x1", "NaN", "Infinity", "[1,]",
      "[1 2]", "[", "]", "{", "}", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#,
      #"{"a":1 "b":2}"#, #"{1:2}"#, "\"", #""\x""#, #""\u12"#, #""\u12g4""#, "\"\n\"", "'a'",
      "1 2", "[}", "{]", "// x\n1", "1,", "\u{0}",
    ])
  func refused(text: String) {
    #expect(throws: JSONError.self) { try Self.parse(text) }
    #expect(throws: JSONError.self) { try JSONText(checking: text) }
  }

  @Test("Every cut of a good text is refused by both, or reads as the same in both")
  func cuts() {
    let text = #"{"a":[1,-2.5e3,"x\u00e9\n",true,null,{}],"b":{"c":[[]]}}"#
    let bytes = Array(text.utf8)
    for end in bytes.indices {
      let part = String(decoding: bytes[..<end], as: UTF8.self)
      #expect(throws: JSONError.self) { try Self.parse(part) }
      #expect(throws: JSONError.self) { try JSONText(checking: part) }
    }
  }

  @Test("Bytes that are no UTF-8 are refused")
  func badUTF8() {
    let bytes: [UInt8] = [0x22, 0xFF, 0x22]
    #expect(throws: JSONError.self) { try JSONValue(parsing: bytes, limits: .requests) }
    let utf16: [UInt8] = [0x22, 0x00, 0x41, 0x00, 0x22, 0x00]
    #expect(throws: JSONError.self) { try JSONValue(parsing: utf16, limits: .requests) }
  }

  @Test("Depth is limited at the named number, neither before nor after")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    let limit = JSONLimits.requests.depthMax
    _ = try Self.parse(nested(limit))
    _ = try JSONText(checking: nested(limit), limits: .requests)
    let error = #expect(throws: JSONError.self) { try Self.parse(nested(limit + 1)) }
    #expect(error?.code == .limit)
    #expect(throws: JSONError.self) {
      try JSONText(checking: nested(limit + 1), limits: .requests)
    }
  }

  @Test("Errors say where")
  func places() {
    let error = #expect(throws: JSONError.self) { try Self.parse("{\n  \"a\": x\n}") }
    #expect(
      error?.message == "Unexpected character ('x' code 120): expected a value at line 2, column 8")
  }

  @Test(
    "Whole numbers are seen as such however they are written",
    arguments: [
      ("3", 3), ("3.0", 3), ("3e2", 300), ("-0", 0), ("9007199254740993", 9_007_199_254_740_993),
      ("3.5", nil), ("1e400", nil), ("1e20", nil),
    ] as [(String, Int64?)])
  func integers(literal: String, integer: Int64?) throws {
    #expect(try #require(JSONNumber(literal)).integer == integer)
  }

  @Test("Numbers are not made of just any text", arguments: ["", "1 ", "x", "01", "\u{FEFF}1"])
  func badNumbers(literal: String) {
    #expect(JSONNumber(literal) == nil)
  }

  @Test("Numbers that JSON cannot say are written as 0.0")
  func notFinite() {
    #expect(
      JSONWriter.text(of: [Double.nan, .infinity, 0.5, 1, 1e-7]) == "[0.0,0.0,0.5,1.0,1e-07]")
  }
}

@Suite("Payloads")
struct PayloadTests {
  private func reread<Payload: JSONWritable & JSONReadable>(_ payload: Payload) throws -> Payload {
    try Payload(json: JSONWriter.bytes(of: payload), limits: .answers)
  }

  @Test("Every payload reads what it writes")
  func roundTrips() throws {
    var session = Session(id: 3, state: .busy, kind: "sql")
    session.name = "n"
    session.conf = ["a": "b"]
    session.log = ["\nstderr: "]
    session.appInfo.sparkUIURL = "http://h"
    #expect(try reread(session) == session)
    let page = SessionPage(from: -1, total: 1, sessions: [session])
    #expect(try reread(page) == page)
    var create = CreateSession(kind: "pyspark")
    create.driverCores = 2
    create.conf = ["spark.x": "1"]
    create.ttl = "8h"
    #expect(try reread(create) == create)
    #expect(try reread(CreateSession()) == CreateSession())
    var statement = Statement(id: 1, code: "x", state: .available)
    let document = try JSONText(checking: #"{"data":[[12345678901234567890]]}"#)
    statement.output = .ok(
      executionCount: 1,
      MIMEBundle(parts: [
        .init(type: "application/json", content: .json(document)),
        .init(type: "text/plain", content: .text("é")),
      ]))
    #expect(try reread(statement) == statement)
    statement.output = .error(
      executionCount: 1, StatementError(name: "E", value: "v", traceback: ["t\n"]))
    #expect(try reread(statement) == statement)
    var phases = SessionPhases(id: 1, state: .error, created: 5)
    phases.reason = "why"
    phases.phases = [.init(name: "submitting", at: 6)]
    #expect(try reread(phases) == phases)
    let log = LogPage(id: 1, from: 2, total: 3, log: ["l"])
    #expect(try reread(log) == log)
    #expect(try reread(ServerVersion(revision: "r")) == ServerVersion(revision: "r"))
  }

  @Test("Answers of other servers may have more fields, and fewer")
  func leniency() throws {
    let text = #"{"id":1,"state":"new-word","future":{"x":[1]},"driverCores":null}"#
    let session = try Session(json: Array(text.utf8), limits: .answers)
    #expect(session.state == Session.State(rawValue: "new-word"))
    #expect(session.driverCores == 0)
  }

  @Test(
    "Whole numbers as texts may have blanks around them, not within",
    arguments: [
      (#"" 4 ""#, 4), (#""4""#, 4), (#""""#, nil), (#""  ""#, nil),
    ] as [(String, Int32?)])
  func numericTexts(value: String, cores: Int32?) throws {
    let text = #"{"driverCores":\#(value)}"#
    #expect(try CreateSession(json: Array(text.utf8), limits: .requests).driverCores == cores)
    #expect(throws: JSONError.self) {
      try CreateSession(json: Array(#"{"driverCores":"1 2"}"#.utf8), limits: .requests)
    }
  }
}
