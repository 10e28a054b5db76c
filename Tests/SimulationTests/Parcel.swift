// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import TestSupport
import WireCodec

@testable internal import Wire

/// What simulated calls carry: the number of the call and content that can be told from it.
struct Parcel: WireMessage {
  var call: UInt64 = 0
  var place: UInt64 = 0
  var content: [UInt8] = []

  init() {}

  /// - Parameter place: 0 for a request, 1 for a response; items count from 2.
  init(call: UInt64, place: UInt64, bytes: Int) {
    self.call = call
    self.place = place
    content = Self.content(call, place, bytes)
  }

  /// True if this is, byte for byte, what was to be sent.
  func isParcel(of call: UInt64, place: UInt64, bytes: Int) -> Bool {
    guard self.call == call, self.place == place, content.count == bytes else { return false }
    let expected = Self.content(call, place, bytes)
    return content.withUnsafeBytes { mine in
      expected.withUnsafeBytes { theirs in
        guard let mine = mine.baseAddress, let theirs = theirs.baseAddress else {
          return bytes == 0
        }
        return memcmp(mine, theirs, bytes) == 0
      }
    }
  }

  /// A block of random bytes, again and again. Its length has no divisor in common with those of
  /// frames and reads, so that bytes that are lost or swapped show.
  private static func content(_ call: UInt64, _ place: UInt64, _ bytes: Int) -> [UInt8] {
    var random = SplitMix64(seed: call &* 1_000_003 &+ place)
    var block: [UInt8] = []
    while block.count < min(bytes, 1_016) {
      withUnsafeBytes(of: random.next()) { block.append(contentsOf: $0) }
    }
    block.append(contentsOf: [1, 2, 3, 5, 8])
    var content: [UInt8] = []
    content.reserveCapacity(bytes + block.count)
    while content.count < bytes { content.append(contentsOf: block) }
    content.removeLast(content.count - bytes)
    return content
  }

  var encodedSize: Int {
    var size = MessageSize()
    size.singular(1, call, as: UInt64Field.self)
    size.singular(2, place, as: UInt64Field.self)
    size.singular(3, content, as: BytesField.self)
    return size.bytes
  }

  func encode(into writer: inout MessageWriter) {
    writer.singular(1, call, as: UInt64Field.self)
    writer.singular(2, place, as: UInt64Field.self)
    writer.singular(3, content, as: BytesField.self)
  }

  mutating func merge(from reader: inout MessageReader) throws(CodecError) {
    while let tag = try reader.nextTag() {
      switch tag {
      case 8: try reader.singular(&call, as: UInt64Field.self)
      case 16: try reader.singular(&place, as: UInt64Field.self)
      case 26: try reader.singular(&content, as: BytesField.self)
      default: try reader.skip(tag)
      }
    }
  }

  func describe(to printer: inout MessagePrinter) {
    printer.singular("call", call, as: UInt64Field.self)
    printer.singular("place", place, as: UInt64Field.self)
    printer.singular("content", content, as: BytesField.self)
  }
}
