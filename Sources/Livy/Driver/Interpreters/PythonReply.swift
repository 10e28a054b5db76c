// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// The runner's answer to one request; `python_pipes.py` holds the description of the bytes.
package enum PythonReply: Equatable, Sendable {
  case done
  /// An exception of the user's code, or why the runner could not attach.
  case failed(StatementFailure)
  /// The pickle of what a job returned.
  case result([UInt8])
  /// The code ran, and these forms of its result are shown.
  case shown([OutputPart])
  /// Candidates of the place that was asked for with the token. Comes at any time.
  case completed(token: String, [String])
}

/// The runner broke the protocol: it is no longer in a state that can be trusted.
package struct PythonProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
  package var description: String
}

/// Cuts the reply pipe into replies, however its bytes arrive.
package struct PythonReplyReader: Sendable {
  private let replyBytesMax: Int
  private var buffer: [UInt8] = []

  package init(limits: PythonLimits = PythonLimits()) {
    replyBytesMax = limits.replyBytesMax
  }

  package mutating func receive(_ bytes: some Sequence<UInt8>) {
    buffer += bytes
  }

  /// The next whole reply, or nil until more bytes came.
  package mutating func next() throws(PythonProtocolError) -> PythonReply? {
    var cursor = PythonCursor(buffer[...])
    guard let length = cursor.number() else { return nil }
    guard length >= 1, length <= replyBytesMax else {
      throw PythonProtocolError(description: "a reply of \(length) bytes")
    }
    guard var frame = cursor.take(length) else { return nil }
    buffer.removeFirst(4 + length)
    return try Self.reply(&frame)
  }

  private static func reply(
    _ frame: inout PythonCursor
  ) throws(PythonProtocolError) -> PythonReply {
    switch frame.byte() {
    case 1 where frame.isAtEnd: return .done
    case 2: return .failed(try failure(&frame))
    case 3: return .result(frame.bytes)
    case 4: return .shown(try parts(&frame))
    case 5:
      var texts = try texts(&frame)
      guard let token = texts.first else { break }
      texts.removeFirst()
      return .completed(token: token, texts)
    default: break
    }
    throw PythonProtocolError(description: "a malformed reply")
  }

  private static func failure(
    _ frame: inout PythonCursor
  ) throws(PythonProtocolError) -> StatementFailure {
    guard let name = frame.text(), let value = frame.text(), let count = frame.number()
    else { throw PythonProtocolError(description: "a malformed reply") }
    var traceback: [String] = []
    for _ in 0..<count {
      guard let line = frame.text() else {
        throw PythonProtocolError(description: "a reply that ends within its traceback")
      }
      traceback.append(line)
    }
    return StatementFailure(name: name, value: value, traceback: traceback)
  }

  private static func parts(
    _ frame: inout PythonCursor
  ) throws(PythonProtocolError) -> [OutputPart] {
    var parts: [OutputPart] = []
    while !frame.isAtEnd {
      guard let type = frame.text(), let form = frame.text(), let content = frame.text() else {
        throw PythonProtocolError(description: "a form of a result that is cut")
      }
      switch form {
      case "text": parts.append(OutputPart(mimeType: type, content: .text(content)))
      case "json": parts.append(OutputPart(mimeType: type, content: .json(content)))
      default: throw PythonProtocolError(description: "a form of a result that is called \(form)")
      }
    }
    return parts
  }

  private static func texts(_ frame: inout PythonCursor) throws(PythonProtocolError) -> [String] {
    var texts: [String] = []
    while !frame.isAtEnd {
      guard let text = frame.text() else {
        throw PythonProtocolError(description: "a text that is cut")
      }
      texts.append(text)
    }
    return texts
  }
}

/// Reads numbers and texts from the front of some bytes; nil where they do not suffice.
private struct PythonCursor {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  var isAtEnd: Bool { rest.isEmpty }
  var bytes: [UInt8] { Array(rest) }

  mutating func byte() -> UInt8? {
    rest.popFirst()
  }

  mutating func number() -> Int? {
    guard rest.count >= 4 else { return nil }
    let number = rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    rest.removeFirst(4)
    return Int(number)
  }

  mutating func take(_ count: Int) -> PythonCursor? {
    guard rest.count >= count else { return nil }
    defer { rest.removeFirst(count) }
    return PythonCursor(rest.prefix(count))
  }

  mutating func text() -> String? {
    guard let length = number(), let bytes = take(length) else { return nil }
    return String(decoding: bytes.rest, as: UTF8.self)
  }
}
