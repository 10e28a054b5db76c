// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing
import Transport

extension Integration {
  @Suite("Programs that talk to a server")
  struct ClientProgramTests {
    @Test("pylivy makes a session, runs code, downloads a frame and closes")
    func pylivy() async throws {
      try await ServerProcess.running { server in
        let script = try server.folder.write(Self.pylivyScript, to: "client.py")
        let python = try Surroundings.value("LIVY_TEST_PYLIVY")
        let ran = try await Program.run(python, [script, server.client.url], in: server.folder)
        #expect(ran.status == .exited(0), "\(ran.errors)")
        #expect(ran.output.hasSuffix("all is well\n"), "\(ran.output)")
        #expect(try await server.client.sessions().total == 0)
        await server.expectNoSessionProcess()
      }
    }

    private static let pylivyScript = """
      import sys
      from importlib.metadata import version
      import pandas
      from livy import LivySession, SessionKind, SparkRuntimeError

      assert version('livy') == '0.8.0'
      session = LivySession.create(
          sys.argv[1], kind=SessionKind.PYSPARK, spark_conf={'spark.ui.enabled': 'false'})
      session.wait()
      assert session.state.value == 'idle', session.state
      assert session.run('1 + 1').text == '2'
      session.run("df = spark.range(3).selectExpr('id', 'id * 0.5 AS half', 'concat(id, \\"é\\") AS name')")
      frame = session.download('df')
      assert list(frame.columns) == ['id', 'half', 'name'], frame
      assert frame['id'].tolist() == [0, 1, 2]
      assert frame['half'].tolist() == [0.0, 0.5, 1.0]
      assert frame['name'].tolist() == ['0é', '1é', '2é']
      assert session.read('df').equals(frame)
      session.upload('up', pandas.DataFrame({'n': [1, 2, 3], 's': ['a', 'b', None]}))
      assert session.run('up.count()').text == '3'
      try:
          session.run('1 / 0')
          raise AssertionError('no error')
      except SparkRuntimeError as error:
          assert error.ename == 'ZeroDivisionError', error
          assert error.evalue == 'division by zero', error
      session.close()
      print('all is well')

      """

    @Test("livy runs code, shows sessions, and tells by its status how it went")
    func commands() async throws {
      try await ServerProcess.running { server in
        try await Self.expect(server, ["run", "1+1"], status: 0, output: "2\n")
        #expect(try await server.client.sessions().total == 0)
        await server.expectNoSessionProcess()

        let session = try await server.session()
        let id = String(session.id)
        let sql = try await Self.livy(
          server, ["run", "--kind", "sql", "--session", id, "SELECT 1 AS one, 'é' AS two"])
        #expect(sql.status == .exited(0), "\(sql.errors)")
        #expect(sql.output.contains("one") && sql.output.contains("é"))
        let failed = try await Self.livy(server, ["run", "--session", id, "1/0"])
        #expect(failed.status == .exited(1))
        #expect(failed.errors.contains("ZeroDivisionError"))
        #expect(failed.output.isEmpty)
        let list = try await Self.livy(server, ["session", "ls"])
        #expect(list.status == .exited(0))
        #expect(list.output.contains("idle"))
        for command in ["show", "log", "rm"] {
          let ran = try await Self.livy(server, ["session", command, id])
          #expect(ran.status == .exited(0), "\(command): \(ran.errors)")
        }
        #expect(try await server.client.sessions().total == 0)
        #expect(try await Self.livy(server, ["session", "rm", id]).status == .exited(1))
        #expect(try await Self.livy(server, ["run", "--no-such-option", "1"]).status == .exited(2))
        #expect(await server.stop() == .exited(0))
        let unreachable = try await Self.livy(server, ["run", "1"])
        #expect(unreachable.status == .exited(3), "\(unreachable.errors)")
      }
    }

    private static func livy(
      _ server: ServerProcess, _ arguments: [String]
    ) async throws -> Program {
      try await Program.run(
        Surroundings.value("LIVY_TEST_SERVER"), arguments,
        environment: ["LIVY_URL": server.client.url], in: server.folder)
    }

    private static func expect(
      _ server: ServerProcess, _ arguments: [String], status: Int32, output: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let ran = try await livy(server, arguments)
      #expect(ran.status == .exited(status), "\(ran.errors)", sourceLocation: sourceLocation)
      #expect(ran.output == output, sourceLocation: sourceLocation)
    }
  }
}
