// SPDX-License-Identifier: Apache-2.0

/// swift-protobuf, as the benchmark's runner starts it.
@main
struct SwiftProtobufPeer {
  static func main() {
    Conversation.main { try Messages.shapes() }
  }
}
