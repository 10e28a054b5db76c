// SPDX-License-Identifier: Apache-2.0

/// What the driver asks of the runner; `python_pipes.py` holds the description of the bytes.
package enum PythonRequest: Equatable, Sendable {
  /// Take the Spark context of the gateway's JVM.
  case attach
  case execute(id: String, code: String)
  /// Break off the request that has the token. There is no reply.
  case interrupt
  /// Files that Spark has brought can be imported from here on.
  case include(names: [String])
  case job(id: String, program: [UInt8])
  /// The code before a place. Answered beside what runs, and by its token.
  case complete(code: String)

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
    case .complete(let code): payload = Self.bytes(kind: 6, texts: [token, code])
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
