// SPDX-License-Identifier: Apache-2.0

public import WireCodec
extension WireMessage {
  /// Writes the message to `place`, which has room for the `size` bytes that `encodedSize` told.
  @inlinable
  func store(to place: UnsafeMutableRawPointer, size: Int) {
    _ = encode(into: UnsafeMutableRawBufferPointer(start: place, count: size))
  }

  /// Reads a request that a caller sent.
  @inlinable
  init(received bytes: UnsafeRawBufferPointer, asRequestOf method: String) throws(CallError) {
    do throws(CodecError) {
      try self.init(decoding: bytes)
    } catch {
      throw CallError(.invalidArgument, "the request of \(method) cannot be read: \(error)")
    }
  }

  /// Reads a response or item that the peer answered.
  @inlinable
  init(received bytes: UnsafeRawBufferPointer, asAnswerOf method: String) throws(CallError) {
    do throws(CodecError) {
      try self.init(decoding: bytes)
    } catch {
      throw CallError(.internal, "the answer of \(method) cannot be read: \(error)")
    }
  }

  /// The same of a request that has memory of its own.
  @inlinable
  init(received message: EncodedMessage, asRequestOf method: String) throws(CallError) {
    do throws(CodecError) {
      try self.init(decoding: message)
    } catch {
      throw CallError(.invalidArgument, "the request of \(method) cannot be read: \(error)")
    }
  }

  /// The same of a response or item that has memory of its own.
  @inlinable
  init(received message: EncodedMessage, asAnswerOf method: String) throws(CallError) {
    do throws(CodecError) {
      try self.init(decoding: message)
    } catch {
      throw CallError(.internal, "the answer of \(method) cannot be read: \(error)")
    }
  }
}
