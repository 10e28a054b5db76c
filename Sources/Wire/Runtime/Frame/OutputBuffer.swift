// SPDX-License-Identifier: Apache-2.0

/// Bytes on their way out: written at the end, and let go all at once.
///
/// Messages are encoded right where they leave, without an array of their own. Proof for the unsafe
/// pointers: the memory belongs to this object alone; `append` hands out only room that it has
/// made, and only for the length of a call; the bytes below `count` have all been written.
@usableFromInline
final class OutputBuffer {
  /// The first memory of a buffer; enough for a hello and some small calls.
  private static let capacityMin = 512

  @usableFromInline var base: UnsafeMutableRawPointer?
  @usableFromInline var capacity = 0
  @usableFromInline var count = 0

  init() {}

  deinit {
    base?.deallocate()
  }

  @inlinable var isEmpty: Bool { count == 0 }

  /// Valid until the next change.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Room for `bytes` more, which the caller fills at once: they count as written.
  @inlinable @inline(__always)
  func append(_ bytes: Int) -> UnsafeMutableRawPointer {
    if let base, bytes <= capacity - count {
      let place = base + count
      count += bytes
      return place
    }
    return grow(by: bytes)
  }

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    append(bytes.count).copyMemory(from: source, byteCount: bytes.count)
  }

  /// A frame: the header as it is, and its payload.
  func append(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) {
    header.store(to: append(FrameHeader.byteCount))
    append(payload)
  }

  /// Forgets the bytes, and gives back memory above `keptBytes`.
  func removeAll(keepingAtMost keptBytes: Int) {
    count = 0
    guard capacity > keptBytes else { return }
    base?.deallocate()
    base = nil
    capacity = 0
  }

  @usableFromInline
  func grow(by bytes: Int) -> UnsafeMutableRawPointer {
    let needed = count + bytes
    let larger = max(needed, capacity * 2, Self.capacityMin)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
    if let base {
      memory.copyMemory(from: base, byteCount: count)
      base.deallocate()
    }
    base = memory
    capacity = larger
    defer { count = needed }
    return memory + count
  }
}
