// SPDX-License-Identifier: Apache-2.0

import Livy
import Testing
import Transport

extension Integration {
  @Suite("Airflow")
  struct AirflowTests {
    @Test("Airflow's LivyHook runs a batch to its end, reads its log, and deletes it")
    func hook() async throws {
      let folder = try ServerFolder()
      let settings = ["livy.file.local-dir-whitelist": folder.files]
      try await ServerProcess.running(settings, in: folder) { server in
        try folder.write(Self.job, to: "files/job.py")
        try folder.write("raise SystemExit(3)\n", to: "files/failing.py")
        let script = try folder.write(Self.script, to: "client.py")
        let (host, port) = try Self.parts(of: server.client.url)
        let ran = try await Program.run(
          Surroundings.value("LIVY_TEST_AIRFLOW"), [script, folder.files],
          environment: [
            "AIRFLOW_HOME": folder.path + "/airflow",
            "AIRFLOW_CONN_LIVY_DEFAULT":
              #"{"conn_type": "livy", "host": "\#(host)", "port": \#(port)}"#,
          ], in: folder)
        #expect(ran.status == .exited(0), "\(ran.errors)\n\(ran.output)")
        #expect(ran.output.hasSuffix("all is well\n"), "\(ran.output)")
        #expect(folder.text(of: folder.files + "/result") == "45 from airflow 7")
        #expect(try await server.client.batches().total == 0)
        await server.expectNoSessionProcess()
      }
    }

    /// `http://127.0.0.1` and the port.
    private static func parts(of url: String) throws -> (host: String, port: Int) {
      let colon = try #require(url.lastIndex(of: ":"))
      let port = try #require(Int(url[url.index(after: colon)...]))
      return (String(url[..<colon]), port)
    }

    private static let job = """
      import sys
      from pyspark.sql import SparkSession
      spark = SparkSession.builder.getOrCreate()
      total = spark.range(10).groupBy().sum().first()[0]
      with open(sys.argv[1], 'w') as file:
          file.write(f"{total} {spark.conf.get('spark.test.word')} {sys.argv[2]}")
      for number in range(150):
          print('line', number)

      """

    private static let script = """
      import logging, sys, time
      from importlib.metadata import version
      from airflow.providers.apache.livy.hooks.livy import BatchState, LivyHook

      assert version('apache-airflow-providers-apache-livy') == '4.6.4'
      files = sys.argv[1]
      hook = LivyHook(livy_conn_id='livy_default')

      def finished(batch):
          deadline = time.monotonic() + 240
          while (state := hook.get_batch_state(batch)) not in hook.TERMINAL_STATES:
              assert time.monotonic() < deadline, state
              time.sleep(0.5)
          return state

      batch = hook.post_batch(
          file=f'{files}/job.py', args=[f'{files}/result', 7], name='from airflow',
          conf={'spark.ui.enabled': 'false', 'spark.test.word': 'from airflow'},
          driver_memory='512m', driver_cores='1')
      assert hook.get_batch(batch)['name'] == 'from airflow'
      assert finished(batch) == BatchState.SUCCESS
      page = hook.get_batch_logs(batch, 0, 10)
      assert page['id'] == batch and page['from'] == 0 and len(page['log']) == 10, page
      assert hook.get_batch_logs(batch, page['total'], 100)['log'] == []

      class Dump:
          lines = []
          def __getattr__(self, level):
              return lambda text, *arguments, **fields: self.lines.append(str(text))
      log, hook._log = hook.log, Dump()
      hook.dump_batch_logs(batch)
      hook._log = log
      assert 'line 149' in Dump.lines, Dump.lines[-5:]
      assert hook.delete_batch(batch) == {'msg': 'deleted'}

      failing = hook.post_batch(file=f'{files}/failing.py')
      assert finished(failing) == BatchState.DEAD
      hook.delete_batch(failing)
      try:
          hook.get_batch(failing)
          raise AssertionError('it is still there')
      except Exception as error:
          assert f"Session '{failing}' not found." in str(error), error
      print('all is well')

      """
  }
}
