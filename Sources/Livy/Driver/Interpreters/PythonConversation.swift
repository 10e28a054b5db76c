// SPDX-License-Identifier: Apache-2.0

/// The talk with the Python child, without pipes: requests go in, the bytes of both pipes go in, an
/// answer comes out once a request's reply and the end of its output were seen, in whichever order
/// they came.
///
///     idle --begin--> waiting(token, reply?, output?) --both there--> idle
///       any --end--> over
package struct PythonConversation: Sendable {
  package enum Answer: Equatable, Sendable {
    /// What was printed, and what became of the code.
    case answered(printed: String, PythonReply)
    /// The child is gone, or can no longer be trusted. Final.
    case ended(reason: String)
    /// A place was completed. Comes at any time, also while a request waits.
    case completed(token: String, [String])
  }

  private struct Request {
    var token: [UInt8]
    var reply: PythonReply?
    var printed: String?
  }

  private enum State {
    case idle
    case waiting(Request)
    case over(reason: String)
  }

  private var state: State = .idle
  private var output: PythonOutput
  private var replies: PythonReplyReader

  package init(limits: PythonLimits = PythonLimits()) {
    output = PythonOutput(limits: limits)
    replies = PythonReplyReader(limits: limits)
  }

  package enum BeginAction: Equatable, Sendable {
    case send([UInt8])
    /// The child is gone.
    case ended(reason: String)
    /// One request at a time: the caller has to wait for the answer.
    case busy
  }

  package mutating func begin(_ request: PythonRequest, token: String) -> BeginAction {
    switch state {
    case .idle:
      state = .waiting(Request(token: Array(token.utf8)))
      return .send(request.encoded(token: token))
    case .waiting: return .busy
    case .over(let reason): return .ended(reason: reason)
    }
  }

  /// What breaks off the request that waits, and no other; nil when none does.
  package func interruption() -> [UInt8]? {
    guard case .waiting(let request) = state, request.reply == nil else { return nil }
    return PythonRequest.interrupt.encoded(token: String(decoding: request.token, as: UTF8.self))
  }

  package mutating func receiveOutput(_ bytes: UnsafeRawBufferPointer) -> Answer? {
    switch state {
    case .idle, .over:
      output.receive(bytes)
      return nil
    case .waiting(var request):
      if request.printed == nil {
        request.printed = output.receive(bytes, until: request.token)
      } else {
        output.receive(bytes)
      }
      return settle(request)
    }
  }

  /// What was printed since the last call; nil if nothing was, or nobody waits.
  package mutating func takePrinted() -> String? {
    guard case .waiting(let request) = state, request.printed == nil else { return nil }
    return output.takeNews()
  }

  /// What the child wrote to its own error stream before the runner took over, for the reason of
  /// its end.
  package mutating func receiveError(_ bytes: UnsafeRawBufferPointer) {
    output.receive(bytes)
  }

  package mutating func receiveReplies(_ bytes: UnsafeRawBufferPointer) -> [Answer] {
    replies.receive(bytes)
    var answers: [Answer] = []
    do {
      while let reply = try replies.next() {
        if let answer = take(reply) { answers.append(answer) }
      }
    } catch {
      if let answer = end("the Python process broke its protocol: \(error)") {
        answers.append(answer)
      }
    }
    return answers
  }

  private mutating func take(_ reply: PythonReply) -> Answer? {
    if case .completed(let token, let candidates) = reply {
      return .completed(token: token, candidates)
    }
    switch state {
    case .waiting(var request) where request.reply == nil:
      request.reply = reply
      return settle(request)
    case .waiting, .idle: return end("the Python process sent a reply that nobody asked for")
    case .over: return nil  // Its last words crossed our decision.
    }
  }

  /// The child ended, or is to be ended. Nil if that was known already.
  package mutating func end(_ reason: String) -> Answer? {
    switch state {
    case .over: return nil
    case .idle, .waiting:
      let lines = output.lastLines()
      let full = ([reason] + lines).joined(separator: "\n")
      state = .over(reason: full)
      return .ended(reason: full)
    }
  }

  private mutating func settle(_ request: Request) -> Answer? {
    guard let reply = request.reply, let printed = request.printed else {
      state = .waiting(request)
      return nil
    }
    state = .idle
    return .answered(printed: printed, reply)
  }
}
