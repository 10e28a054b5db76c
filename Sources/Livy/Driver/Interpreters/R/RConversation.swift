// SPDX-License-Identifier: Apache-2.0

/// What the driver asks of `r_runner.R`, which holds the description of the bytes.
package enum RRequest: Equatable, Sendable {
  /// Take the SparkSession through the SparkR package in this folder; R alone where it is empty.
  case attach(library: String)
  case execute(id: String, code: String)

  /// The request's frame. `token` is what the runner prints around its reply.
  package func encoded(token: String) -> [UInt8] {
    var payload: [UInt8]
    switch self {
    case .attach(let library): payload = [1] + Self.bytes(token) + Self.bytes(library)
    case .execute(let id, let code):
      payload = [2] + Self.bytes(token) + Self.bytes("\(id)\n\(code)")
    }
    payload.insert(contentsOf: Self.littleEndian(payload.count), at: 0)
    return payload
  }

  /// The runner itself, as its loader reads it.
  package static func program(_ text: [UInt8]) -> [UInt8] {
    littleEndian(text.count) + text
  }

  private static func bytes(_ text: String) -> [UInt8] {
    littleEndian(text.utf8.count) + text.utf8
  }

  private static func littleEndian(_ count: Int) -> [UInt8] {
    let number = UInt32(clamping: count)
    return (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

/// The runner's answer to one request.
package enum RReply: Equatable, Sendable {
  /// With the bytes of a PNG image, if something was drawn.
  case done(image: [UInt8])
  case failed(String)

  /// From what stands between two tokens; nil where that is no reply.
  init?(_ bytes: some Collection<UInt8>) {
    guard let content = Self.bytes(hex: bytes.dropFirst()) else { return nil }
    switch bytes.first {
    case UInt8(ascii: "D"): self = .done(image: content)
    case UInt8(ascii: "F"): self = .failed(String(decoding: content, as: UTF8.self))
    case nil, .some: return nil
    }
  }

  private static func bytes(hex digits: some Collection<UInt8>) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(value))
        high = nil
      } else {
        high = UInt8(value)
      }
    }
    return bytes
  }
}

/// The talk with the R child, without pipes: requests go in, the bytes of its one output pipe go in,
/// an answer comes out.
///
///     idle --begin--> printing --token--> replying --token--> idle
///      any --end--> over
package struct RConversation: Sendable {
  package enum Answer: Equatable, Sendable {
    /// What was printed, and what became of the code.
    case answered(printed: String, RReply)
    /// The child is gone, or can no longer be trusted. Final.
    case ended(reason: String)
  }

  private enum State {
    /// With what was printed since the last request: threads and subprocesses live on.
    case idle
    case printing(TokenSearch)
    case replying(TokenSearch, reply: [UInt8])
    case over(reason: String)
  }

  private let limits: RLimits
  private var state = State.idle
  private var printed: BoundedText

  package init(limits: RLimits = RLimits()) {
    self.limits = limits
    printed = BoundedText(bytesMax: limits.outputBytesMax)
  }

  package enum BeginAction: Equatable, Sendable {
    case send([UInt8])
    /// The child is gone.
    case ended(reason: String)
    /// One request at a time: the caller has to wait for the answer.
    case busy
  }

  package mutating func begin(_ request: RRequest, token: String) -> BeginAction {
    switch state {
    case .idle:
      state = .printing(TokenSearch(token: Array(token.utf8)))
      return .send(request.encoded(token: token))
    case .printing, .replying: return .busy
    case .over(let reason): return .ended(reason: reason)
    }
  }

  /// Whether a request waits whose code still runs.
  package var isRunning: Bool {
    guard case .printing = state else { return false }
    return true
  }

  package mutating func receive(_ bytes: [UInt8]) -> Answer? {
    switch state {
    case .idle, .over:
      printed.append(bytes)
      return nil
    case .printing(var search):
      let found = search.push(bytes)
      printed.append(found.before)
      guard let rest = found.behind else {
        state = .printing(search)
        return nil
      }
      state = .replying(search, reply: [])
      return receive(rest)
    case .replying(var search, var reply):
      let found = search.push(bytes)
      reply += found.before
      guard reply.count <= limits.replyBytesMax else { return end("R sent a reply without end") }
      guard let rest = found.behind else {
        state = .replying(search, reply: reply)
        return nil
      }
      return settle(reply, rest)
    }
  }

  private mutating func settle(_ bytes: [UInt8], _ rest: [UInt8]) -> Answer? {
    guard let reply = RReply(bytes) else { return end("R broke its protocol") }
    state = .idle
    let text = printed.take()
    printed.append(rest)
    return .answered(printed: text, reply)
  }

  /// What was printed since the last call; nil if nothing was, or no code runs.
  package mutating func takeNews() -> String? {
    isRunning ? printed.takeNews() : nil
  }

  /// The child ended, or is to be ended. Nil if that was known already.
  package mutating func end(_ reason: String) -> Answer? {
    if case .over = state { return nil }
    let full = ([reason] + printed.lastLines(max: limits.tailLinesMax)).joined(separator: "\n")
    state = .over(reason: full)
    return .ended(reason: full)
  }
}
