// SPDX-License-Identifier: Apache-2.0

import Foundation
import SwiftProtobuf

extension Messages {
  /// Checks that all forms agree, and makes works of them.
  static func shape<Message: SwiftProtobuf.Message & Equatable>(
    _ name: String, of message: Message
  ) throws -> Shape {
    let bytes: [UInt8] = try message.serializedBytes()
    guard try message.serializedData() == Data(bytes),
      try Message(serializedBytes: bytes) == message
    else { throw Failure("\(name): what was written is not what was meant") }
    return Shape(name: name, bytes: bytes, works: works(message, bytes))
  }

  private static func works<Message: SwiftProtobuf.Message>(
    _ original: Message, _ bytes: [UInt8]
  ) -> [Form: Shape.Work] {
    [
      .owned: { times in
        var message = original
        for _ in 0..<times {
          touch(&message)
          keep(try message.serializedBytes() as [UInt8])
        }
      },
      .data: { times in
        var message = original
        for _ in 0..<times {
          touch(&message)
          keep(try message.serializedData())
        }
      },
      .fresh: { times in
        for _ in 0..<times { keep(try Message(serializedBytes: bytes)) }
      },
    ]
  }
}
