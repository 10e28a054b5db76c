// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing

extension Integration {
  @Suite("One SparkContext for all who use a session")
  struct SharedContextTests {
    @Test(
      "What one statement caches is there for other kinds and for another client",
      arguments: Channel.allCases)
    func cached(channel: Channel) async throws {
      try await ServerProcess.running(channel.setting) { server in
        let session = try await server.session(CreateSession(kind: "pyspark"))
        // An accumulator counts how often a row is computed: once, when all is read from the cache.
        let table = """
          from pyspark.sql.functions import udf
          computed = sc.accumulator(0)

          @udf("long")
          def square(n):
            computed.add(1)
            return n * n

          spark.range(100).select(square('id').alias('n')).createOrReplaceTempView('squares')
          spark.catalog.cacheTable('squares')
          spark.table('squares').count()
          """
        #expect(try await session.text(table) == "100")
        let sum = "SELECT sum(n) AS s FROM squares"
        #expect(try await session.rows(sum).hasSuffix(#""data":[[328350]]}"#))
        let isCached = "spark.catalog.isCached(\"squares\")"
        #expect(
          try await session.text(isCached, kind: "spark").hasSuffix("Boolean = true\n"))
        let inScala = "spark.table(\"squares\").agg(max($\"n\")).as[Long].head()"
        #expect(try await session.text(inScala, kind: "spark").hasSuffix("Long = 9801\n"))
        try await Self.fromAnotherClient(of: server, session, sum: sum, isCached: isCached)
        #expect(try await session.text("computed.value") == "100")
        // Dropped by one, it is gone for all.
        _ = try await session.rows("UNCACHE TABLE squares")
        #expect(try await session.text(isCached) == "False")
        #expect(
          try await session.text(isCached, kind: "spark").hasSuffix("Boolean = false\n"))
      }
    }

    private static func fromAnotherClient(
      of server: ServerProcess, _ session: LiveSession, sum: String, isCached: String
    ) async throws {
      let other = try LivyClient(server.client.url)
      let rows = try await other.run(sum, kind: "sql", in: session.reference)
      guard case .ok(_, let bundle)? = rows.output,
        case .json(let json)? = bundle["application/json"]
      else { throw Surprise("\(rows)") }
      #expect(json.text.hasSuffix(#""data":[[328350]]}"#))
      for (kind, answer) in [("pyspark", "True"), ("spark", "Boolean = true\n")] {
        let statement = try await other.run(isCached, kind: kind, in: session.reference)
        guard case .ok(_, let bundle)? = statement.output else { throw Surprise("\(statement)") }
        #expect(bundle.plainText?.hasSuffix(answer) == true, "\(statement)")
      }
    }
  }
}
