// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing
import Transport

extension Integration {
  @Suite("pylivy 0.8.0, unmodified")
  struct PylivyTests {
    enum Kind: String, CaseIterable, Sendable {
      case pyspark, spark, sql
    }

    @Test(
      "makes a session, runs code, moves frames, tells errors and closes", arguments: Kind.allCases)
    func session(kind: Kind) async throws {
      try await ServerProcess.running { server in
        let script = try server.folder.write(Self.script(kind), to: "client.py")
        let python = try Surroundings.value("LIVY_TEST_PYLIVY")
        let ran = try await Program.run(python, [script, server.client.url], in: server.folder)
        #expect(ran.status == .exited(0), "\(ran.errors)")
        #expect(ran.output.hasSuffix("all is well\n"), "\(ran.output)")
        #expect(try await server.client.sessions().total == 0)
        await server.expectNoSessionProcess()
      }
    }

    private static func script(_ kind: Kind) -> String {
      let work =
        switch kind {
        case .pyspark: python
        case .spark: scala
        case .sql: sql
        }
      return head(kind) + work + foot
    }

    private static func head(_ kind: Kind) -> String {
      """
      import sys
      from importlib.metadata import version
      import pandas
      from livy import LivySession, SessionKind, SparkRuntimeError

      assert version('livy') == '0.8.0'

      def failure(code):
          try:
              session.run(code)
          except SparkRuntimeError as error:
              return error.ename, error.evalue
          raise AssertionError('no error: ' + code)

      def expect_frame(frame):
          assert list(frame.columns) == ['id', 'half', 'name'], frame
          assert frame['id'].tolist() == [0, 1, 2], frame
          assert [float(half) for half in frame['half']] == [0.0, 0.5, 1.0], frame
          assert frame['name'].tolist() == ['0é', '1é', '2é'], frame

      with LivySession.create(
              sys.argv[1], kind=SessionKind('\(kind)'),
              spark_conf={'spark.ui.enabled': 'false'}) as session:
          assert session.state.value == 'idle', session.state

      """
    }

    private static let python = """
          assert session.run('1 + 1').text == '2'
          session.run("df = spark.range(3).selectExpr('id', 'id * 0.5 AS half', 'concat(id, \\"é\\") AS name')")
          frame = session.download('df')
          expect_frame(frame)
          assert session.read('df').equals(frame)
          session.upload('up', pandas.DataFrame({'n': [1, 2, 3], 's': ['a', 'b', None]}))
          assert session.run('up.count()').text == '3'
          assert failure('1 / 0') == ('ZeroDivisionError', 'division by zero')

      """

    private static let scala = """
          shown = session.run('1 + 1').text
          assert shown in ('res0: Int = 2\\n', 'val res0: Int = 2\\n'), shown  # Scala 2.12, 2.13
          session.run('case class Line(id: Long, half: Double, name: String)')
          session.run('val df = (0L to 2L).map(i => Line(i, i * 0.5, i.toString + "é")).toDS()')
          frame = session.download('df')
          expect_frame(frame)
          assert session.read('df').equals(frame)
          session.run('val names = df.filter(_.id > 0).map(_.name)')
          assert session.download('names')['value'].tolist() == ['1é', '2é']
          session.upload('up', pandas.DataFrame({'n': [1, 2, 3], 's': ['a', 'b', None]}))
          assert session.run('up.count()').text.endswith(': Long = 3\\n')
          assert failure('1 / 0') == ('Error', 'java.lang.ArithmeticException: / by zero')
          name, value = failure('noSuchName')
          assert name == 'Error' and 'not found: value noSuchName' in value, value

      """

    private static let sql = """
          query = "SELECT id, id * 0.5 AS half, concat(id, 'é') AS name FROM range(3) ORDER BY id"
          frame = session.download_sql(query)
          expect_frame(frame)
          assert session.read_sql(query).equals(frame)
          session.run("CREATE TEMP VIEW kept AS " + query)
          assert session.run('SELECT count(*) AS n FROM kept').json['data'] == [[3]]
          assert session.download_sql('SELECT max(name) AS last FROM kept')['last'].tolist() == ['2é']
          name, value = failure('SELECT * FROM no_such_table')
          assert name == 'Error' and 'no_such_table' in value, value

      """

    private static let foot = "print('all is well')\n"
  }
}
