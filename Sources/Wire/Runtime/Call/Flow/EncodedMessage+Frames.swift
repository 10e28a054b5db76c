// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// A message as it is cut into frames. Places count from its first byte.
///
/// Proof for the unsafe pointers: `copy` writes the bytes of a range that its caller takes from
/// `count`, to a place that its caller made for as many; both parts are sliced with checks.
extension EncodedMessage {
  /// Payload of a record of TLS (RFC 8446, section 5.1).
  static let recordBytes = 16 << 10

  /// Copies a part of the message.
  func copy(_ range: Range<Int>, to place: UnsafeMutableRawPointer) {
    let first = range.clamped(to: 0..<head.count)
    head.withUnsafeBytes { place.copy($0[first]) }
    guard range.upperBound > head.count else { return }
    let second = max(0, range.lowerBound - head.count)..<range.upperBound - head.count
    tail.withUnsafeBytes { (place + first.count).copy($0[second]) }
  }

  /// How far the payload of a frame is copied; what follows is sent from where it lies. A large one
  /// is copied so far that it fills records, and at least up to the tail.
  func endOfCopy(from start: Int, to end: Int, recordRoom: Int) -> Int {
    guard end - start > Self.recordBytes else { return end }
    let copied = start + recordRoom
    return tail.isEmpty ? copied : max(copied, min(head.count, end))
  }

  /// A part that lies in one of the two.
  func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
    if range.isEmpty { return [] }
    return tail.isEmpty
      ? head[range] : tail[range.lowerBound - head.count..<range.upperBound - head.count]
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func copy(_ bytes: Slice<UnsafeRawBufferPointer>) {
    guard let base = UnsafeRawBufferPointer(rebasing: bytes).baseAddress else { return }
    copyMemory(from: base, byteCount: bytes.count)
  }
}
