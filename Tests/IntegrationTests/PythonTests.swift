// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import TestSupport
import Testing
import Transport

extension Integration {
  @Suite("Python of the user's own")
  struct PythonTests {
    @Test(
      "A packed environment runs statements and tasks; magics, richer forms, completion, limits")
    func environment() async throws {
      let folder = try ServerFolder()
      let archive = try await Self.packedEnvironment(in: folder)
      let settings = ["livy.file.local-dir-whitelist": folder.files]
      try await ServerProcess.running(settings, in: folder) { server in
        var request = CreateSession(kind: "pyspark")
        request.archives = ["file:\(archive)#env"]
        request.conf = [
          "spark.pyspark.python": "./env/bin/python", "livy.repl.rich-output": "true",
          "livy.rsc.output.max-bytes": "1048576",
        ]
        let session = try await server.session(request)
        try await Self.interpreter(session)
        try await Self.forms(session)
        try await Self.completion(session)
        try await Self.extremes(session)
        try await Self.death(session)
      }
    }

    @Test("A Python that is not there fails the start, and the session says what to set")
    func missing() async throws {
      try await ServerProcess.running { server in
        var request = CreateSession(kind: "pyspark")
        request.conf = ["spark.pyspark.python": "./env/bin/python"]
        let session = try await server.startingSession(request)
        try await session.eventually(.error)
        let log = try await session.log()
        #expect(log.contains("./env/bin/python"), "\(log)")
        #expect(log.contains("venv.tar.gz#env"), "\(log)")
      }
    }

    /// An environment with a module that nobody else has, as a tar.
    private static func packedEnvironment(in folder: ServerFolder) async throws -> String {
      let pack = """
        import glob, os, subprocess, sys, venv
        root = sys.argv[1]
        base = os.path.realpath(sys.executable)
        subprocess.run([base, '-m', 'venv', '--without-pip', root + '/env'], check=True)
        packages, = glob.glob(root + '/env/lib/python*/site-packages')
        with open(packages + '/livy_test_module.py', 'w') as module: module.write('answer = 42')
        subprocess.run(['tar', '-czf', root + '/env.tar.gz', '-C', root + '/env', '.'], check=True)
        """
      let python = try #require(Surroundings.forPrograms["PYSPARK_PYTHON"])
      let packed = try await Program.run(python, ["-c", pack, folder.files], in: folder)
      try #require(packed.status == .exited(0), "\(packed.errors)")
      return folder.files + "/env.tar.gz"
    }

    private static func interpreter(_ session: LiveSession) async throws {
      let here = try await session.text("import sys; print(sys.executable)")
      #expect(here.hasSuffix("/env/bin/python"))
      let tasks =
        "sc.range(4, numSlices=2).map(lambda n: __import__('sys').executable).distinct().collect()"
      #expect(try await session.text("\(tasks) == [sys.executable]") == "True")
      let module = "sc.range(2).map(lambda n: n + __import__('livy_test_module').answer).sum()"
      #expect(try await session.text(module) == "85")
    }

    private static func forms(_ session: LiveSession) async throws {
      func bundle(_ code: String) async throws -> MIMEBundle {
        let statement = try await session.client.run(code, in: session.reference)
        guard case .ok(_, let bundle)? = statement.output else {
          throw Surprise("\(code) gave \(String(describing: statement.output))")
        }
        return bundle
      }
      let table = try await bundle(
        "rows = spark.sql(\"select id, cast(null as string) s from range(2)\").collect()\n%table rows"
      )
      #expect(table.parts.map(\.type) == ["application/vnd.livy.table.v1+json"])
      guard case .json(let document)? = table.parts.first?.content else {
        throw Surprise("\(table)")
      }
      let json = try JSONValue(parsing: Array(document.text.utf8), limits: .answers)
      #expect(json["data"].map { JSONText($0).text } == #"[[0,null],[1,null]]"#)
      guard case .array(let headers)? = json["headers"] else { throw Surprise("\(document)") }
      #expect(headers.map { $0["type"] } == [.string("INT_TYPE"), .string("NULL_TYPE")])
      let quirk = try await bundle("%json nowhere")
      #expect(quirk["msg_type"] == .text("execute_reply"))
      let rich = try await bundle(
        "class Rich:\n  def _repr_html_(self): return '<b>'\n\nRich()")
      #expect(rich.parts.map(\.type) == ["text/plain", "text/html"])
      #expect(rich["text/html"] == .text("<b>"))
    }

    private static func completion(_ session: LiveSession) async throws {
      func complete(_ code: String, _ kind: String? = nil) async throws -> [String] {
        try await session.client.complete(
          code, kind: kind, cursor: code.utf16.count, in: session.reference)
      }
      #expect(try await complete("x = spark.createDataF") == ["createDataFrame"])
      #expect(try await complete("spark.range(3).filter('id > 1').groupB").contains("groupBy"))
      #expect(try await complete("spark.read.parq") == ["parquet"])
      #expect(try await complete("select 1", "sql") == [])
      _ = try await session.text(
        "spark.range(3).toDF('first_id').createOrReplaceTempView('numbered')")
      _ = try await session.rows("select 1")
      #expect(try await complete("select * from numb", "sql") == ["numbered"])
      #expect(try await complete("select n.f from numbered n where n.fir", "sql") == ["first_id"])
      #expect(try await complete("sele", "sql") == ["select"])
      let running = try await session.client.submit(
        "import time\nwhile True: time.sleep(0.01)", in: session.reference)
      _ = await eventually {
        (try? await session.client.statement(running.id, of: session.reference).state) == .running
      }
      #expect(try await complete("spark.createDataF") == ["createDataFrame"])
      try await session.client.cancel(statement: running.id, of: session.reference)
      #expect(try await session.text("1+1") == "2")
    }

    private static func extremes(_ session: LiveSession) async throws {
      let long = try await session.text("line = 'x' * 1023\nfor _ in range(60 << 10): print(line)")
      #expect(long.hasSuffix("\n... [output cut by Livy after 1048576 bytes]"))
      #expect(long.utf8.count < (1 << 20) + 100)
      let code = "text = '" + String(repeating: "é\\n", count: 2_700_000) + "'\r\nlen(text)"
      #expect(code.utf8.count > 10 << 20)
      #expect(try await session.text(code) == "5400000")
      #expect(try await session.failure("x = 1\n\u{0}").name.isEmpty == false)
      #expect(try await session.text("'\u{fffd}'") == "'\u{fffd}'")
      #expect(try await session.failure("def f(:").name == "SyntaxError")
      #expect(try await session.failure("x = object()\n%json x").name == "TypeError")
      let wide = try await session.failure(
        "select repeat('x', 2000) as x from range(1000)", kind: "sql")
      #expect(wide.value.contains("livy.rsc.output.max-bytes"))
      #expect(try await session.text("1+1") == "2")
    }

    private static func death(_ session: LiveSession) async throws {
      let failure = try await session.failure("import os\nprint('last words')\nos._exit(3)")
      #expect(failure.name == "Error")
      #expect(failure.value.hasPrefix("Interpreter died:\n"))
      #expect(failure.value.contains("last words"))
      try await session.eventually(.error)
    }
  }
}
