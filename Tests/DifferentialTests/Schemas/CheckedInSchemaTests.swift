// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Testing

/// Random schemas whose Swift is compiled into the samples, so that random messages of them go
/// through all tests of this target.
struct CheckedInSchemaTests {
  private static let count = 3

  @Test("The random schemas among the samples are those of their seeds", arguments: 1...count)
  func drift(seed: Int) throws {
    let text =
      "// Made from the seed \(seed): see Tests/DifferentialTests/Schemas/RandomSchema.swift.\n"
      + RandomSchema(seed: seed, prefix: "Random\(seed)", messages: 6).text
    let file = URL(filePath: Peer.schemas).appending(path: "random_\(seed).proto")
    // Set to write the files anew; then generate their Swift again.
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }
}
