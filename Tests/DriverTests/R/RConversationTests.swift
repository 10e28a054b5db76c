// SPDX-License-Identifier: Apache-2.0

internal import LivyDriver
internal import Testing

/// The talk with the R child, without one.
struct RConversationTests {
  private func running(limits: RLimits = RLimits()) -> RConversation {
    var conversation = RConversation(limits: limits)
    guard case .send = conversation.begin(.execute(id: "7", code: "x"), token: "<t>") else {
      Issue.record("nothing is sent")
      return conversation
    }
    return conversation
  }

  private func answer(_ printed: String, _ reply: RReply) -> RConversation.Answer {
    .answered(printed: printed, reply)
  }

  @Test("A request's bytes")
  func request() {
    #expect(
      RRequest.attach(library: "/R").encoded(token: "t")
        == [12, 0, 0, 0, 1, 1, 0, 0, 0, 0x74, 2, 0, 0, 0, 0x2F, 0x52])
    #expect(
      RRequest.execute(id: "0", code: "é").encoded(token: "t").suffix(8)
        == [4, 0, 0, 0, 0x30, 0x0A, 0xC3, 0xA9])
    #expect(RRequest.program([0x31]) == [1, 0, 0, 0, 0x31])
  }

  @Test("Prints, the reply between two tokens, and what comes behind: the same at each cut")
  func cuts() {
    let stream = Array("[1] <é <<t>D0aff<t>late".utf8)
    for cut in stream.indices {
      var conversation = running()
      let first = conversation.receive(Array(stream[..<cut]))
      let second = conversation.receive(Array(stream[cut...]))
      #expect((first ?? second) == answer("[1] <é <", .done(image: [0x0A, 0xFF])), "cut at \(cut)")
      #expect(first == nil || second == nil)
      // What comes late belongs to the next one.
      _ = conversation.begin(.execute(id: "8", code: "y"), token: "<u>")
      #expect(
        conversation.receive(Array("!<u>F6e6f<u>".utf8)) == answer("late!", .failed("no")))
    }
  }

  @Test("Pieces are told in whole characters while the code runs, and are part of the whole")
  func pieces() {
    var conversation = running()
    let text = Array("aé😀".utf8)
    var told = ""
    for byte in text {
      #expect(conversation.receive([byte]) == nil)
      told += conversation.takeNews() ?? ""
    }
    #expect(told == "aé😀")
    #expect(conversation.takeNews() == nil)
    #expect(conversation.receive(Array("<t>".utf8)) == nil)
    #expect(!conversation.isRunning)
    #expect(conversation.receive(Array("D<t>".utf8)) == answer("aé😀", .done(image: [])))
    #expect(conversation.takeNews() == nil)
  }

  @Test("One request at a time")
  func busy() {
    var conversation = running()
    #expect(conversation.begin(.execute(id: "8", code: ""), token: "<u>") == .busy)
  }

  @Test(
    "A reply that is none ends the conversation, and so does one without an end",
    arguments: ["X", "", "D0", "Dxy", "F1", "D" + String(repeating: "0", count: 200)])
  func malformed(reply: String) {
    var limits = RLimits()
    limits.replyBytesMax = 100
    var conversation = running(limits: limits)
    guard case .ended = conversation.receive(Array("<t>\(reply)<t>".utf8)) else {
      Issue.record("it goes on")
      return
    }
    guard case .ended = conversation.begin(.attach(library: ""), token: "<u>") else {
      Issue.record("it begins anew")
      return
    }
  }

  @Test("Output above the limit is dropped, at a whole character, and says so")
  func limit() {
    var limits = RLimits()
    limits.outputBytesMax = 4
    var conversation = running(limits: limits)
    let ended = conversation.receive(Array("aaaé and more<t>D<t>".utf8))
    #expect(ended == answer("aaa\n... [output cut by Livy after 4 bytes]", .done(image: [])))
  }

  @Test("The child's end is told once, with its last words")
  func end() {
    var conversation = running()
    _ = conversation.receive(Array("one\ntwo\n".utf8))
    #expect(conversation.end("gone") == .ended(reason: "gone\none\ntwo"))
    #expect(conversation.end("again") == nil)
    #expect(conversation.receive(Array("<t>D<t>".utf8)) == nil)
  }
}
