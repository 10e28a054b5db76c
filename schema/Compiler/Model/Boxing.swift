// SPDX-License-Identifier: Apache-2.0

/// Decides which messages stand in boxes on the heap: those that contain themselves, and those that
/// would make the message around them large. A value of Swift is moved and copied as a whole.
struct Boxing {
  /// Bytes of the largest message that stands in another one's own memory. To move so many costs
  /// about as much as a box does.
  static let inlineBytesMax = 256

  private let recursion: Recursion
  private var messages: [TypeName: Message] = [:]
  /// Bytes of a value of each message, as far as they can be told here.
  private var sizes: [TypeName: Int] = [:]

  static func mark(_ schema: inout Schema) {
    let boxing = Boxing(schema)
    for index in schema.files.indices { boxing.mark(&schema.files[index].messages) }
  }

  private init(_ schema: Schema) {
    var all: [TypeName: Message] = [:]
    for file in schema.files { Self.collect(file.messages, into: &all) }
    messages = all
    recursion = Recursion(of: all.mapValues { $0.fields.compactMap(\.containedMessage) })
    for name in recursion.order { sizes[name] = all[name].map(size) }
  }

  private static func collect(_ messages: [Message], into all: inout [TypeName: Message]) {
    for message in messages {
      all[message.name] = message
      collect(message.messages, into: &all)
    }
  }

  private func mark(_ messages: inout [Message]) {
    for index in messages.indices {
      let name = messages[index].name
      for field in messages[index].fields.indices {
        messages[index].fields[field].isBoxed = isBoxed(messages[index].fields[field], in: name)
      }
      mark(&messages[index].messages)
    }
  }

  private func isBoxed(_ field: Field, in message: TypeName) -> Bool {
    guard let contained = field.containedMessage else { return false }
    return recursion.groups[contained] == recursion.groups[message]
      || sizes[contained, default: 0] > Self.inlineBytesMax
  }

  private func size(_ message: Message) -> Int {
    var oneofs = Array(repeating: 0, count: message.oneofs.count)
    var bytes = Self.wordBytes  // Unknown fields.
    for field in message.fields {
      let size = size(field, in: message.name)
      switch field.cardinality {
      case .singular: bytes += size
      case .optional: bytes += size + (field.containedMessage == nil ? Self.wordBytes : 0)
      case .repeated, .packed, .map: bytes += Self.wordBytes
      case .member(let oneof):
        if oneofs.indices.contains(oneof) { oneofs[oneof] = max(oneofs[oneof], size) }
      }
    }
    return bytes + oneofs.reduce(0) { $0 + $1 + Self.wordBytes }
  }

  /// Bytes of a single value, rounded up to words.
  private func size(_ field: Field, in message: TypeName) -> Int {
    switch field.type {
    case .scalar(.string): 2 * Self.wordBytes
    case .scalar, .enumeration: Self.wordBytes
    case .message(let name):
      isBoxed(field, in: message) ? Self.wordBytes : sizes[name, default: 0]
    }
  }

  private static let wordBytes = 8
}
