// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyDriver
import Testing

@Suite("Python child, without pipes")
struct PythonProtocolTests {
  @Test("A request is framed by its length, with its texts behind their lengths")
  func framing() {
    let bytes = PythonRequest.execute(id: "7", code: "é").encoded(token: "ab")
    #expect(
      bytes == [
        18, 0, 0, 0, 2, 2, 0, 0, 0, 97, 98, 1, 0, 0, 0, 55, 2, 0, 0, 0, 195, 169,
      ])
    #expect(PythonRequest.attach.encoded(token: "t") == [6, 0, 0, 0, 1, 1, 0, 0, 0, 116])
    #expect(
      PythonRequest.include(names: ["a"]).encoded(token: "t")
        == [11, 0, 0, 0, 4, 1, 0, 0, 0, 116, 1, 0, 0, 0, 97])
    #expect(
      PythonRequest.job(id: "7", program: [0, 255]).encoded(token: "t")
        == [17, 0, 0, 0, 5, 1, 0, 0, 0, 116, 1, 0, 0, 0, 55, 2, 0, 0, 0, 0, 255])
  }

  @Test("Replies are the same wherever the pipe cuts their bytes")
  func replyCuts() throws {
    let failure = StatementFailure(name: "E", value: "vé", traceback: ["a\n", ""])
    let result: [UInt8] = [4, 0, 0, 0, 3, 0, 255, 1]
    let bytes = replyBytes(nil) + replyBytes(failure) + result + replyBytes(nil)
    for cut in bytes.indices {
      var reader = PythonReplyReader()
      var replies: [PythonReply] = []
      for part in [bytes[..<cut], bytes[cut...]] {
        reader.receive(part)
        while let reply = try reader.next() { replies.append(reply) }
      }
      #expect(
        replies == [.done, .failed(failure), .result([0, 255, 1]), .done], "cut at \(cut)")
    }
  }

  @Test(
    "A reply that breaks the protocol is an error",
    arguments: [
      [0, 0, 0, 0], [255, 255, 255, 255], [1, 0, 0, 0, 9], [2, 0, 0, 0, 1, 1],
      [5, 0, 0, 0, 2, 9, 0, 0, 0],
      [17, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 8)
        + [1, 0, 0, 0, 1, 0, 0, 0],
      [13, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 8) + [255, 255, 255, 255],
    ] as [[UInt8]])
  func malformed(bytes: [UInt8]) {
    var reader = PythonReplyReader()
    reader.receive(bytes)
    #expect(throws: PythonProtocolError.self) { try reader.next() }
  }

  @Test("The output ends at the token, wherever the pipe cuts, and the rest is the next one's")
  func tokenCuts() {
    let token = "TOKEN"
    let bytes = Array("one TOK TOKTOKEN two".utf8)
    for cut in bytes.indices {
      var output = PythonOutput()
      var texts: [String] = []
      for part in [bytes[..<cut], bytes[cut...]] {
        Array(part).withUnsafeBytes { part in
          if texts.isEmpty {
            output.receive(part, until: Array(token.utf8)).map { texts.append($0) }
          } else {
            output.receive(part)
          }
        }
      }
      Array("END".utf8).withUnsafeBytes { part in
        output.receive(part, until: Array("END".utf8)).map { texts.append($0) }
      }
      #expect(texts == ["one TOK TOK", " two"], "cut at \(cut)")
    }
  }

  @Test(
    "Output over the limit is cut between characters, visibly, and the token is still found",
    arguments: [
      (4, "abcd"), (5, "abcd"), (6, "abcdé"), (7, "abcdé"), (8, "abcdé"), (9, "abcdé☃"),
    ])
  func limit(bytesMax: Int, kept: String) {
    var limits = PythonLimits()
    limits.outputBytesMax = bytesMax
    var output = PythonOutput(limits: limits)
    let text = Array("abcdé☃xyzTOKEN".utf8).withUnsafeBytes {
      output.receive($0, until: Array("TOKEN".utf8))
    }
    #expect(text == kept + "\n... [output cut by Livy after \(bytesMax) bytes]")
  }

  @Test("What is printed can be had at once, in whole characters; only a token's beginning waits")
  func news() {
    var output = PythonOutput()
    let token = Array("TOKEN".utf8)
    func feed(_ bytes: [UInt8]) -> String? {
      bytes.withUnsafeBytes { output.receive($0, until: token) }
    }
    #expect(feed(Array("hi\n".utf8)) == nil)
    #expect(output.takeNews() == "hi\n")
    #expect(output.takeNews() == nil)
    let snowman = Array("☃".utf8)
    #expect(feed(Array(snowman[..<2])) == nil && output.takeNews() == nil)
    #expect(feed([snowman[2]] + Array("TOK".utf8)) == nil)
    #expect(output.takeNews() == "☃")
    #expect(feed(Array("!".utf8)) == nil)
    #expect(output.takeNews() == "TOK!")
    #expect(feed(token) == "hi\n☃TOK!")
    #expect(feed(Array("next".utf8)) == nil)
    #expect(output.takeNews() == "next")
  }

  @Test("A conversation answers once both the reply and the end of the output came")
  func bothOrders() {
    let failure = StatementFailure(name: "E", value: "v", traceback: [])
    let expected = PythonConversation.Answer.answered(printed: "hi ", .failed(failure))
    var first = PythonConversation()
    #expect(first.begin(.attach, token: "T") == .send(PythonRequest.attach.encoded(token: "T")))
    #expect(first.begin(.attach, token: "U") == .busy)
    #expect(first.output("hi T") == nil)
    #expect(first.reply(replyBytes(failure)) == expected)
    var second = PythonConversation()
    _ = second.begin(.attach, token: "T")
    #expect(second.reply(replyBytes(failure)) == nil)
    #expect(second.output("hi ") == nil)
    #expect(second.output("T") == expected)
  }

  @Test("The end of the child is told once, with its last words, and is final")
  func end() {
    var conversation = PythonConversation()
    _ = conversation.begin(.attach, token: "T")
    #expect(conversation.output("Fatal: x\nline 2") == nil)
    let reason = "exit status 1\nFatal: x\nline 2"
    #expect(conversation.end("exit status 1") == .ended(reason: reason))
    #expect(conversation.end("again") == nil)
    #expect(conversation.reply(replyBytes(nil)) == nil)
    #expect(conversation.begin(.attach, token: "T") == .ended(reason: reason))
  }

  @Test("A reply that nobody asked for ends the conversation")
  func unasked() {
    var conversation = PythonConversation()
    #expect(
      conversation.reply(replyBytes(nil))
        == .ended(reason: "the Python process sent a reply that nobody asked for"))
  }

  @Test(
    "Output is right-stripped as Python does it",
    arguments: [("a \n\t", "a"), (" a", " a"), ("a\u{a0}\u{1c}\r\n", "a"), ("\n", ""), ("", "")])
  func rightStripped(text: String, stripped: String) {
    #expect(text.rightStripped == stripped)
  }
}

/// A reply's frame as the runner writes it.
private func replyBytes(_ failure: StatementFailure?) -> [UInt8] {
  func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
  func text(_ text: String) -> [UInt8] { number(text.utf8.count) + text.utf8 }
  guard let failure else { return number(1) + [1] }
  var payload: [UInt8] = [2] + text(failure.name) + text(failure.value)
  payload += number(failure.traceback.count) + failure.traceback.flatMap(text)
  return number(payload.count) + payload
}

extension PythonConversation {
  fileprivate mutating func output(_ text: String) -> Answer? {
    Array(text.utf8).withUnsafeBytes { receiveOutput($0) }
  }

  fileprivate mutating func reply(_ bytes: [UInt8]) -> Answer? {
    bytes.withUnsafeBytes { receiveReplies($0) }
  }
}
