// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// What the driver asks of `python_runner.py`, which holds the description of the bytes.
package enum PythonRequest: Equatable, Sendable {
  /// Take the Spark context of the gateway's JVM.
  case attach
  case execute(id: String, code: String)
  /// Break off the request that has the token. There is no reply.
  case interrupt
  /// Files that Spark has brought can be imported from here on.
  case include(names: [String])
  case job(id: String, program: [UInt8])

  /// The request's frame. `token` is what the runner prints at the end of the request's output.
  package func encoded(token: String) -> [UInt8] {
    var payload: [UInt8]
    switch self {
    case .attach: payload = Self.bytes(kind: 1, texts: [token])
    case .execute(let id, let code): payload = Self.bytes(kind: 2, texts: [token, id, code])
    case .interrupt: payload = Self.bytes(kind: 3, texts: [token])
    case .include(let names): payload = Self.bytes(kind: 4, texts: [token] + names)
    case .job(let id, let program):
      payload = Self.bytes(kind: 5, texts: [token, id])
      payload += Self.littleEndian(UInt32(clamping: program.count)) + program
    }
    let length = UInt32(clamping: payload.count)
    payload.insert(contentsOf: Self.littleEndian(length), at: 0)
    return payload
  }

  private static func bytes(kind: UInt8, texts: [String]) -> [UInt8] {
    var bytes = [kind]
    for text in texts {
      bytes += littleEndian(UInt32(clamping: text.utf8.count))
      bytes += text.utf8
    }
    return bytes
  }

  private static func littleEndian(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

/// The runner's answer to one request.
package enum PythonReply: Equatable, Sendable {
  case done
  /// An exception of the user's code, or why the runner could not attach.
  case failed(StatementFailure)
  /// The pickle of what a job returned.
  case result([UInt8])
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
    let kind = frame.byte()
    if kind == 1, frame.isAtEnd { return .done }
    if kind == 3 { return .result(frame.bytes) }
    guard kind == 2, let name = frame.text(), let value = frame.text(), let count = frame.number()
    else { throw PythonProtocolError(description: "a malformed reply") }
    var traceback: [String] = []
    for _ in 0..<count {
      guard let line = frame.text() else {
        throw PythonProtocolError(description: "a reply that ends within its traceback")
      }
      traceback.append(line)
    }
    return .failed(StatementFailure(name: name, value: value, traceback: traceback))
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
