// SPDX-License-Identifier: Apache-2.0

/// What a tracer wants to know again at the other end of a call, such as the value of W3C's
/// `traceparent` (https://www.w3.org/TR/trace-context/). Its bytes mean nothing to calls.
package struct TraceContext: Hashable, Sendable {
  package let bytes: [UInt8]

  /// `nil` for no bytes at all, and for more than 1 KiB.
  package init?(_ bytes: some Collection<UInt8>) {
    guard !bytes.isEmpty, bytes.count <= WireLimits.metaBytesMax else { return nil }
    self.bytes = Array(bytes)
  }

  /// Calls that `body` makes, also in child tasks, carry this context. Calls that are served carry
  /// theirs on by themselves.
  package func attached<Value>(
    _ body: () async throws -> Value
  ) async rethrows -> Value {
    var scope = CallScope.current ?? CallScope()
    scope.trace = self
    return try await CallScope.$current.withValue(scope) { try await body() }
  }

  /// As it stands before a message: its length (u16), then its bytes.
  func appendBlock(to payload: inout [UInt8]) {
    payload.appendLittleEndian(UInt16(clamping: bytes.count))
    payload += bytes
  }
}

extension Frame {
  /// Takes the context off the payload; `nil` where there is none, or an empty one.
  mutating func takeTrace() throws(ProtocolError) -> TraceContext? {
    guard header.flags.contains(.meta) else { return nil }
    var reader = PayloadReader(payload)
    guard let count = reader.integer(UInt16.self), count <= WireLimits.metaBytesMax,
      let bytes = reader.bytes(Int(count))
    else { throw ProtocolError("the context before a message is cut short or too long") }
    let trace = TraceContext(bytes)
    payload.removeFirst(2 + Int(count))
    header.flags.remove(.meta)
    return trace
  }
}
