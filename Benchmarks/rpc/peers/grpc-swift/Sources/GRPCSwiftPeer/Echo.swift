// SPDX-License-Identifier: Apache-2.0

internal import GRPCCore

/// The two methods, and messages that are nothing but bytes: no protobuf runs here, which is to
/// this peer's advantage.
enum Echo {
  static let echo = MethodDescriptor(fullyQualifiedService: "bench.Echo", method: "Echo")
  static let follow = MethodDescriptor(fullyQualifiedService: "bench.Echo", method: "Follow")
}

struct Plain: MessageSerializer, MessageDeserializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes {
    Bytes(message)
  }

  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] {
    bytes.withUnsafeBytes { Array($0) }
  }
}

/// What is asked for in a stream: so many items of so many bytes.
struct ItemsWanted {
  var items: Int
  var itemBytes: Int

  var encoded: [UInt8] {
    withUnsafeBytes(of: (items, itemBytes)) { Array($0) }
  }

  init(items: Int, itemBytes: Int) {
    self.items = items
    self.itemBytes = itemBytes
  }

  init(decoding bytes: [UInt8]) throws {
    guard bytes.count == 16 else { throw Failure("a strange request came") }
    items = bytes.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
    itemBytes = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: Int.self) }
  }
}
