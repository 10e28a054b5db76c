// SPDX-License-Identifier: Apache-2.0

/// The name of a session that is unique over all servers and times. It stands in the driver's
/// certificate (`livy:session:<uuid>`); the number of a session means nothing outside its server.
package struct SessionUUID: Hashable, Sendable, CustomStringConvertible {
  /// 32 lower-case hex digits.
  package let text: String

  /// Random, 128 bits.
  package init(using generator: inout some RandomNumberGenerator) {
    let halves = [
      UInt64.random(in: .min ... .max, using: &generator),
      .random(in: .min ... .max, using: &generator),
    ]
    text = halves.map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Nil unless `text` is 32 lower-case hex digits.
  package init?(_ text: String) {
    let digits = text.utf8
    let hex = digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    guard digits.count == 32, hex else { return nil }
    self.text = text
  }

  package var description: String { text }
}
