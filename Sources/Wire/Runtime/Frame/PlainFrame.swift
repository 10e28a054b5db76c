// SPDX-License-Identifier: Apache-2.0

/// A whole frame without flags at the front of some bytes, read where it lies: the kind of frame that
/// comes nearly always. Everything else, also a frame that breaks the rules, is the parser's.
struct PlainFrame {
  let call: CallID
  let payload: UnsafeRawBufferPointer
  /// What follows the frame.
  let rest: UnsafeRawBufferPointer
  /// The second half of the header in one word: method, kind, flags, timeout.
  private let word: UInt64

  /// `nil` where `bytes` hold no whole frame, or a longer one than is taken here.
  @inline(__always)
  init?(_ bytes: UnsafeRawBufferPointer, payloadBytesMax: Int) {
    guard bytes.count >= FrameHeader.byteCount else { return nil }
    let count = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)))
    let end = FrameHeader.byteCount + count
    guard count <= payloadBytesMax, end <= bytes.count else { return nil }
    call = CallID(
      rawValue: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
    word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    payload = UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.byteCount..<end])
    rest = UnsafeRawBufferPointer(rebasing: bytes[end...])
  }

  /// Neither method nor timeout stand in it, as the rules want.
  @inline(__always) var isResponse: Bool {
    word == UInt64(FrameKind.response.rawValue) << 16
  }

  @inline(__always) var isItem: Bool { word == UInt64(FrameKind.item.rawValue) << 16 }

  @inline(__always) var isRequest: Bool {
    UInt16(truncatingIfNeeded: word >> 16) == UInt16(FrameKind.request.rawValue)
  }

  @inline(__always) var method: UInt16 { UInt16(truncatingIfNeeded: word) }

  /// Of a request.
  @inline(__always) var header: FrameHeader {
    FrameHeader(
      payloadBytes: UInt32(truncatingIfNeeded: payload.count), call: call, method: method,
      kind: .request, timeoutMilliseconds: UInt32(truncatingIfNeeded: word >> 32))
  }
}
