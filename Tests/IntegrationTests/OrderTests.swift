// SPDX-License-Identifier: Apache-2.0

import Livy
import TestSupport
import Testing

extension Integration {
  @Suite("The order of statements")
  struct OrderTests {
    /// `LIVY_TEST_ORDER_ROUNDS`; the whole proof has 200.
    private static let rounds = max(1, Surroundings.number("LIVY_TEST_ORDER_ROUNDS") ?? 20)

    @Test("Kinds take turns in the order of posting: each reads what the one before it made")
    func rounds() async throws {
      try await ServerProcess.running { server in
        var request = CreateSession(kind: "spark")
        request.conf["livy.rsc.retained-statements"] = "\(Self.rounds * 3)"
        let session = try await server.session(request)
        // All are posted before the first result is looked for.
        var posted: [Statement] = []
        for round in 0..<Self.rounds {
          let codes = [
            ("sql", "CREATE OR REPLACE TEMP VIEW turn AS SELECT \(round) AS n"),
            ("pyspark", "spark.table('turn').collect()[0].n"),
            ("spark", "spark.table(\"turn\").as[Int].head"),
          ]
          for (kind, code) in codes {
            posted.append(try await server.client.submit(code, kind: kind, in: session.reference))
          }
        }
        #expect(posted.map(\.id) == Array(0..<Self.rounds * 3))
        for (round, ids) in posted.map(\.id).chunked(by: 3).enumerated() {
          let view = try await session.result(of: ids[0])
          #expect(view["application/json"] != nil, "round \(round)")
          #expect(try await session.result(of: ids[1]).plainText == "\(round)")
          let scala = try await session.result(of: ids[2]).plainText ?? ""
          #expect(scala.hasSuffix("Int = \(round)\n"), "round \(round): \(scala)")
        }
      }
    }
  }
}

extension LiveSession {
  /// Waits for a statement that was posted, and that must go well.
  fileprivate func result(of id: Int) async throws -> MIMEBundle {
    let isOver = await TestSupport.eventually(within: .seconds(120)) {
      (try? await client.statement(id, of: reference).state) == .available
    }
    let statement = try await client.statement(id, of: reference)
    guard isOver, case .ok(_, let bundle)? = statement.output else {
      throw Surprise("\(statement)")
    }
    return bundle
  }
}

extension Array {
  fileprivate func chunked(by size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
