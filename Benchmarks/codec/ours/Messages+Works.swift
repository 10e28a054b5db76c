// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

extension Messages {
  /// Checks that all forms agree, and makes works of them.
  static func shape<Message: WireMessage>(_ name: String, of message: Message) throws -> Shape {
    let bytes = message.encoded()
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    let written = message.encode(into: memory)
    guard message.encodedSize == bytes.count, memory[..<written].elementsEqual(bytes),
      try Message(decoding: bytes) == message
    else { throw Failure("\(name): what was written is not what was meant") }
    // The memory lives as long as the program.
    return Shape(name: name, bytes: bytes, works: works(message, bytes, memory))
  }

  private static func works<Message: WireMessage>(
    _ original: Message, _ bytes: [UInt8], _ memory: UnsafeMutableRawBufferPointer
  ) -> [Form: Shape.Work] {
    [
      .size: { times in
        var message = original
        for _ in 0..<times {
          touch(&message)
          keep(message.encodedSize)
        }
      },
      .write: { times in
        var message = original
        for _ in 0..<times {
          touch(&message)
          keep(message.encode(into: memory))
        }
      },
      .buffer: { times in
        var message = original
        for _ in 0..<times {
          touch(&message)
          let size = message.encodedSize
          guard size <= memory.count else { throw Failure("no room") }
          keep(message.encode(into: memory))
        }
      },
      .owned: { times in
        var message = original
        for _ in 0..<times {
          touch(&message)
          keep(message.encoded())
        }
      },
      .fresh: { times in
        for _ in 0..<times { keep(try Message(decoding: bytes)) }
      },
    ]
  }
}
