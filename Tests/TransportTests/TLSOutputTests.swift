// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import Transport

/// Engines borrow the buffers of their output from one another.
@Suite("TLS output")
struct TLSOutputTests {
  private func pairs(_ count: Int) throws -> [EnginePair] {
    let contexts = try TLSFixture().contexts()
    return try (0..<count).map { _ in
      var pair = try EnginePair(client: contexts.client, server: contexts.server, target: "there")
      pair.run()
      return pair
    }
  }

  @Test("Many engines with output at a time keep theirs apart, more than there are buffers")
  func apart() throws {
    var pairs = try pairs(40)
    for round in 0..<3 {
      for (index, pair) in pairs.enumerated() {
        let text = [UInt8](repeating: UInt8(index), count: 1_000 + index)
        // In two steps, with all the others between.
        try pair.send(text, from: pair.client)
        if round > 0 { try pair.send(text, from: pair.server) }
      }
      for (index, pair) in pairs.enumerated() { try pair.send([UInt8(index)], from: pair.client) }
      for index in pairs.indices { pairs[index].run() }
    }
    for (index, pair) in pairs.enumerated() {
      #expect(pair.clientError == nil && pair.serverError == nil)
      #expect(pair.heardByServer.count == 3 * (1_001 + index))
      #expect(pair.heardByClient.count == 2 * (1_000 + index))
      #expect(pair.heardByServer.allSatisfy { $0 == UInt8(index) })
      #expect(pair.heardByClient.allSatisfy { $0 == UInt8(index) })
    }
  }

  @Test(
    "Output of any size is whole, also where it outgrows a lent buffer",
    arguments: [1, 16_383, 65_536, 130_000, 131_072, 262_144, 1_000_000])
  func sizes(count: Int) throws {
    var pair = try pairs(1)[0]
    let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8)) }
    for step in [count / 3, count - count / 3] {
      try pair.send(
        Array(text[(step == count / 3 ? 0 : count / 3)...].prefix(step)), from: pair.client)
    }
    pair.run(pieces: 50_000)
    #expect(pair.heardByServer == text)
  }
}
