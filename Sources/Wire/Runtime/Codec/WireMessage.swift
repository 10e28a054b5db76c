// SPDX-License-Identifier: Apache-2.0

/// A message in proto3's encoding. The schema compiler generates the conformances.
package protocol WireMessage: Sendable, Hashable {
  init()

  /// Bytes that `encode` will write. At most `Int32.max`, proto3's own limit for a message.
  var encodedSize: Int { get }

  /// Appends the message's fields in order of their numbers, then the unknown fields as they came.
  func encode(into writer: inout MessageWriter)

  /// Merges the fields that `reader` holds into this message, by proto3's rules: the last singular value wins,
  /// messages merge, repeated fields append.
  mutating func merge(from reader: inout MessageReader) throws(CodecError)
}
