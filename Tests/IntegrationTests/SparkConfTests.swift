// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import Testing
import Transport

extension Integration {
  @Suite("What Spark gets of a request")
  struct SparkConfTests {
    @Test("Every field is read back in Spark's conf, over the admin's defaults; files arrive")
    func fields() async throws {
      let folder = try ServerFolder()
      try folder.write(
        "spark.test.admin   yes\nspark.test.both=admin\nspark.master=yarn\n",
        to: "spark-conf/spark-defaults.conf")
      try await ServerProcess.running(
        ["livy.file.local-dir-whitelist": folder.files],
        environment: ["SPARK_CONF_DIR": folder.path + "/spark-conf"], in: folder
      ) { server in
        let request = try await Self.request(in: folder)
        let session = try await server.session(request)
        try await Self.check(request, in: session)
        try await Self.checkFiles(in: session)
        let left = try folder.sessionFolders.flatMap {
          try FileManager.default.contentsOfDirectory(atPath: $0)
        }
        #expect(left.contains("stderr.log"))
        #expect(!left.contains("launch") && !left.contains("spark.properties"), "\(left)")
        // The session shows what was asked for.
        let shown = try await server.client.session(session.reference)
        #expect(shown.name == request.name)
        #expect(shown.queue == request.queue)
        #expect(shown.executorCores == 2)
        #expect(shown.jars == request.jars)
      }
    }

    @Test("A local file outside the named folders is refused")
    func outside() async throws {
      let folder = try ServerFolder()
      try await ServerProcess.running(
        ["livy.file.local-dir-whitelist": folder.files], in: folder
      ) { server in
        for path in ["/etc/passwd", folder.files + "/../server.log"] {
          var request = CreateSession(kind: "pyspark")
          request.files = ["file://" + path]
          let error = await #expect(throws: ClientError.self) {
            try await server.client.createSession(request)
          }
          #expect(error?.status == 400, "\(path)")
        }
        #expect(folder.sessionFolders.isEmpty)
      }
    }

    @Test("A session that names another Spark runs on it, with that one's own conf")
    func chosenSpark() async throws {
      let folder = try ServerFolder()
      let home = URL(filePath: try Surroundings.value("LIVY_TEST_SPARK_HOME"))
      let other = folder.path + "/other-spark"
      try folder.write("spark.test.home=other\n", to: "other-spark/conf/spark-defaults.conf")
      let names = try FileManager.default.contentsOfDirectory(atPath: home.path)
      for name in names where name != "conf" {
        try FileManager.default.createSymbolicLink(
          atPath: other + "/" + name,
          withDestinationPath: home.appending(path: name).resolvingSymlinksInPath().path)
      }
      try folder.write("livy.server.spark-homes.other = \(other)\n", to: "conf/livy.conf")
      try await ServerProcess.running(in: folder) { server in
        var request = CreateSession(kind: "pyspark")
        request.conf = ["livy.spark.home": "none"]
        let error = await #expect(throws: ClientError.self) {
          try await server.client.createSession(request)
        }
        #expect(error?.status == 400)
        #expect(error?.message.contains("this server knows other") == true)
        request.conf = ["livy.spark.home": "other"]
        let session = try await server.session(request)
        let code = "import os; print(os.environ['SPARK_HOME'], spark.conf.get('spark.test.home'))"
        #expect(try await session.text(code) == "\(other) other")
        let records = try FileManager.default.contentsOfDirectory(atPath: folder.state + "/logs")
        #expect(records.count == 1 && records.allSatisfy { $0.hasSuffix(".request.log") })
      }
    }

    private static func request(in folder: ServerFolder) async throws -> CreateSession {
      try folder.write("def answer():\n  return 42\n", to: "files/answers.py")
      try folder.write("some data", to: "files/data.txt")
      // Python writes real archives; a jar is one too.
      for name in ["code.jar", "packed.zip"] {
        let made = try await Program.run(
          Surroundings.value("PYSPARK_PYTHON"),
          ["-m", "zipfile", "-c", folder.files + "/" + name, folder.files + "/data.txt"],
          in: folder)
        try #require(made.status == .exited(0), "\(made.errors)")
      }
      let files = "file://" + folder.files
      var request = CreateSession(kind: "pyspark")
      request.name = "it's \"me\" é"
      request.queue = "fast lane"
      request.driverMemory = "700m"
      request.driverCores = 1
      request.executorMemory = "600m"
      request.executorCores = 2
      request.numExecutors = 3
      request.jars = [files + "/code.jar"]
      request.pyFiles = [files + "/answers.py"]
      request.files = [files + "/data.txt"]
      request.archives = [files + "/packed.zip"]
      request.conf = ["spark.test.both": "request", "spark.test.odd": "a=b:c \"é☃😀\" \\ #!"]
      return request
    }

    private static func check(_ request: CreateSession, in session: LiveSession) async throws {
      let code = "import json; print(json.dumps(dict(sc.getConf().getAll())))"
      let values = try JSONDecoder().decode(
        [String: String].self, from: Data(try await session.text(code).utf8))
      let expected = [
        "spark.app.name": request.name, "spark.yarn.queue": request.queue,
        "spark.driver.memory": "700m", "spark.driver.cores": "1",
        "spark.executor.memory": "600m", "spark.executor.cores": "2",
        "spark.executor.instances": "3", "spark.test.both": "request",
        "spark.test.odd": request.conf["spark.test.odd"], "spark.test.admin": "yes",
        "spark.master": "local[2]", "spark.submit.deployMode": "client",
        "spark.ui.enabled": "false", "spark.archives": request.archives.first,
      ]
      for (key, value) in expected { #expect(values[key] == value, "\(key)") }
      #expect(values["spark.jars"]?.contains("/code.jar") == true)
      #expect(values["spark.submit.pyFiles"]?.contains("/answers.py") == true)
      #expect(values["spark.files"]?.contains("/data.txt") == true)
      #expect(!values.keys.contains { $0.hasPrefix("livy.") || $0.hasPrefix("spark.livy.") })
    }

    private static func checkFiles(in session: LiveSession) async throws {
      #expect(try await session.text("import answers; answers.answer()") == "42")
      let onWorker =
        "sc.parallelize([1], 1).map(lambda _: __import__('answers').answer()).collect()"
      #expect(try await session.text(onWorker) == "[42]")
      let file = "from pyspark import SparkFiles; open(SparkFiles.get('data.txt')).read()"
      #expect(try await session.text(file) == "'some data'")
      let archive = "open(SparkFiles.get('packed.zip') + '/data.txt').read()"
      #expect(try await session.text(archive) == "'some data'")
      let jar =
        "[j for j in sc._jsc.sc().listJars().mkString(',').split(',') if 'code.jar' in j] != []"
      #expect(try await session.text(jar) == "True")
    }
  }
}
