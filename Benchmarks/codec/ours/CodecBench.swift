// SPDX-License-Identifier: Apache-2.0

/// Ours, as the benchmark's runner starts it.
@main
struct CodecBench {
  static func main() {
    Conversation.main { try Messages.shapes() }
  }
}
