// SPDX-License-Identifier: Apache-2.0

extension WireMessage {
  /// Reads a request that a caller sent.
  init(received bytes: [UInt8], asRequestOf method: String) throws(CallError) {
    do throws(CodecError) {
      try self.init(decoding: bytes)
    } catch {
      throw CallError(.invalidArgument, "the request of \(method) cannot be read: \(error)")
    }
  }

  /// Reads a response or item that the peer answered.
  init(received bytes: [UInt8], asAnswerOf method: String) throws(CallError) {
    do throws(CodecError) {
      try self.init(decoding: bytes)
    } catch {
      throw CallError(.internal, "the answer of \(method) cannot be read: \(error)")
    }
  }
}
