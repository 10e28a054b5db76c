// SPDX-License-Identifier: Apache-2.0

import LivyCore
import LivyLaunch
import Testing

@Suite("The spark-submit line")
struct SparkSubmitLineTests {
  private let uuid = SessionUUID("0123456789abcdef0123456789abcdef")

  private func line(
    _ request: SessionRequest, defaults: [String: String] = [:],
    adjust: (inout LaunchSettings) -> Void = { _ in }
  ) throws -> SparkSubmitLine {
    var settings = LaunchSettings(
      sparkHome: "/spark", driverExecutable: "/bin/livy-driver", stateFolder: "/state",
      environment: ["PATH": "/bin", "LIVY_PASSWORD": "secret"])
    adjust(&settings)
    let order = LaunchOrder(
      tag: try #require(uuid), attempt: 1,
      program: .session(SessionID(7), request, launchFile: Array("top secret".utf8)))
    return SparkSubmitLine(
      order: order, settings: settings, defaults: JavaProperties(defaults),
      files: SessionFiles(folder: "/state/sessions/x"))
  }

  @Test("argv names three files of the session and nothing else")
  func arguments() throws {
    var request = SessionRequest()
    request.conf = ["spark.secret": "s3cret"]
    let line = try line(request)
    #expect(line.executable == "/spark/bin/spark-submit")
    #expect(
      line.arguments == [
        "--properties-file", "/state/sessions/x/spark.properties",
        "/state/sessions/x/bootstrap.py", "/state/sessions/x/launch",
      ])
  }

  @Test("The environment carries the tag and Spark's home, and none of the server's own variables")
  func environment() throws {
    #expect(
      try line(SessionRequest()).environment == [
        "PATH": "/bin", "SPARK_HOME": "/spark",
        "LIVY_SESSION_TAG": "0123456789abcdef0123456789abcdef",
      ])
    let moved = try line(SessionRequest()) { $0.sparkConfFolder = "/etc/spark" }
    #expect(moved.environment["SPARK_CONF_DIR"] == "/etc/spark")
  }

  @Test("Paths without a scheme are handed to Spark below the default file system")
  func defaultFileSystem() throws {
    var request = SessionRequest()
    request.files.jars = ["/a.jar", "s3a://b/c.jar"]
    request.files.files = ["/x,/y", "file:/etc/z"]
    request.conf = [
      "spark.jars": "/d.jar /e.jar,", "spark.archives": "/env.zip#env", "spark.x": "/x",
    ]
    func values(_ fileSystem: DefaultFileSystem) throws -> [String?] {
      let line = try line(request) { $0.defaultFileSystem = fileSystem }
      return ["spark.jars", "spark.files", "spark.archives", "spark.x"]
        .map { line.properties.values[$0] }
    }
    #expect(
      try values(#require(DefaultFileSystem("hdfs://nn:8020/"))) == [
        "hdfs://nn:8020/a.jar,s3a://b/c.jar,hdfs://nn:8020/d.jar,hdfs://nn:8020/e.jar",
        "hdfs://nn:8020/x,hdfs://nn:8020/y,file:/etc/z", "hdfs://nn:8020/env.zip#env", "/x",
      ])
    #expect(
      try values(.local) == [
        "/a.jar,s3a://b/c.jar,/d.jar,/e.jar", "/x,/y,file:/etc/z", "/env.zip#env", "/x",
      ])
  }

  @Test("A Spark that the conf names brings its own folder, conf and Python modules")
  func chosenSpark() throws {
    var settings = LaunchSettings(
      sparkHome: "/spark", driverExecutable: "/bin/livy-driver", stateFolder: "/state",
      environment: ["SPARK_CONF_DIR": "/etc/spark", "PYTHONPATH": "/spark/python:/mine:/sparkly"])
    settings.sparkHomes = ["4.0": "/spark-4"]
    #expect(try settings.choosing(by: ["spark.x": "1"]) == settings)
    let chosen = try settings.choosing(by: [SparkChoice.confKey: "4.0"])
    #expect(chosen.sparkSubmit == "/spark-4/bin/spark-submit")
    #expect(chosen.sparkDefaults == "/spark-4/conf/spark-defaults.conf")
    var request = SessionRequest()
    request.conf = [SparkChoice.confKey: "4.0"]
    let line = try line(request) { $0 = chosen }
    #expect(line.executable == "/spark-4/bin/spark-submit")
    #expect(line.environment["SPARK_HOME"] == "/spark-4")
    #expect(line.environment["SPARK_CONF_DIR"] == "/spark-4/conf")
    #expect(line.environment["PYTHONPATH"] == "/mine:/sparkly")
    #expect(line.properties.values[SparkChoice.confKey] == nil)
    settings.environment["PYTHONPATH"] = "/spark/python"
    #expect(
      try settings.choosing(by: [SparkChoice.confKey: "4.0"]).environment["PYTHONPATH"] == nil)
  }

  @Test("An unknown Spark is refused with the names of the known", arguments: ["", "5", "3.5 "])
  func unknownSpark(name: String) throws {
    var settings = LaunchSettings(
      sparkHome: "/spark", driverExecutable: "/bin/livy-driver", stateFolder: "/state",
      environment: [:])
    for known in [[:], ["4.0": "/a", "3.5": "/b"]] {
      settings.sparkHomes = known
      let error = #expect(throws: LivyError.self) {
        try settings.choosing(by: [SparkChoice.confKey: name])
      }
      #expect(error?.code == .invalidRequest)
      #expect(
        error?.message.contains(known.isEmpty ? "one Spark only" : "knows 3.5, 4.0") == true)
    }
  }

  @Test("The user's own Python for the driver is found in the environment, the server's is not")
  func driverPython() throws {
    var request = SessionRequest()
    request.conf = ["spark.pyspark.driver.python": "./env/bin/python"]
    let servers = { (settings: inout LaunchSettings) in
      settings.environment["PYSPARK_DRIVER_PYTHON"] = "jupyter"
    }
    let line = try line(request, adjust: servers)
    #expect(line.environment["PYSPARK_DRIVER_PYTHON"] == "./env/bin/python")
    #expect(line.properties.values["spark.pyspark.driver.python"] == "/bin/livy-driver")
    let plain = try self.line(SessionRequest(), adjust: servers)
    #expect(plain.environment["PYSPARK_DRIVER_PYTHON"] == nil)
  }

  @Test("An empty request makes the forced values and a name")
  func empty() throws {
    #expect(
      try line(SessionRequest()).properties.values == [
        "spark.app.name": "livy-session-7",
        "spark.master": "local[*]",
        "spark.submit.deployMode": "client",
        "spark.pyspark.driver.python": "/bin/livy-driver",
      ])
  }

  @Test("Every field of a request becomes Spark's own property and beats the same key of conf")
  func fields() throws {
    var request = SessionRequest()
    request.name = "it's \"me\""
    request.queue = "q"
    request.resources.driverMemory = "1g"
    request.resources.driverCores = 2
    request.resources.executorMemory = "3g"
    request.resources.executorCores = 4
    request.resources.executorCount = 5
    request.conf = ["spark.executor.memory": "9g", "spark.app.name": "other", "spark.x": "y"]
    let values = try line(request).properties.values
    let expected = [
      "spark.app.name": "it's \"me\"", "spark.yarn.queue": "q", "spark.driver.memory": "1g",
      "spark.driver.cores": "2", "spark.executor.memory": "3g", "spark.executor.cores": "4",
      "spark.executor.instances": "5", "spark.x": "y",
    ]
    for (key, value) in expected {
      #expect(values[key] == value, "\(key)")
    }
  }

  @Test(
    "Lists of files are merged with the same key of conf, the request's own first",
    arguments: ["spark.jars", "spark.submit.pyFiles", "spark.files", "spark.archives"])
  func lists(key: String) throws {
    func value(_ list: [String], conf: String?) throws -> String? {
      var request = SessionRequest()
      request.conf[key] = conf
      switch key {
      case "spark.jars": request.files.jars = list
      case "spark.submit.pyFiles": request.files.pythonFiles = list
      case "spark.files": request.files.files = list
      default: request.files.archives = list
      }
      return try line(request, defaults: [key: "file:/admin"]).properties.values[key]
    }
    #expect(try value(["file:/a", "file:/b"], conf: "file:/c") == "file:/a,file:/b,file:/c")
    #expect(try value(["file:/a"], conf: nil) == "file:/a")
    #expect(try value(["file:/a"], conf: "") == "file:/a")
    #expect(try value([], conf: "file:/c") == "file:/c")
    #expect(try value([], conf: nil) == "file:/admin")
  }

  @Test("The admin's defaults lie under the request's conf, and the server's values over both")
  func precedence() throws {
    var request = SessionRequest()
    request.conf = [
      "spark.a": "request", "spark.master": "yarn", "spark.submit.deployMode": "cluster",
      "spark.pyspark.driver.python": "/bin/sh", "spark.forced": "request",
      "livy.rsc.retained-statements": "5",
    ]
    let defaults = ["spark.a": "admin", "spark.b": "admin", "spark.forced": "admin"]
    let values = try line(request, defaults: defaults) { settings in
      settings.forcedConf = ["spark.forced": "server"]
    }.properties.values
    #expect(
      values == [
        "spark.a": "request", "spark.b": "admin", "spark.forced": "server",
        "spark.app.name": "livy-session-7", "spark.master": "local[*]",
        "spark.submit.deployMode": "client", "spark.pyspark.driver.python": "/bin/livy-driver",
      ])
  }

  @Test("A batch: its conf in the file, its arguments behind the application, nothing of ours")
  func batch() throws {
    var request = BatchRequest(file: "hdfs:///job.jar")
    request.className = "org.example.Main"
    request.arguments = ["--conf", "spark.master=yarn", "", "a b"]
    request.name = "nightly"
    request.queue = "q"
    request.resources.driverMemory = "1g"
    request.files.pythonFiles = ["hdfs:///p.py"]
    request.conf = ["spark.secret": "s3cret", "spark.master": "yarn", "livy.rsc.x": "1"]
    var settings = LaunchSettings(
      sparkHome: "/spark", driverExecutable: "/bin/livy-driver", stateFolder: "/state",
      environment: ["PATH": "/bin", "LIVY_PASSWORD": "secret", "PYSPARK_PYTHON": "/bin/python"])
    settings.forcedConf = ["spark.forced": "server"]
    func line(_ request: BatchRequest) throws -> SparkSubmitLine {
      let order = LaunchOrder(
        tag: try #require(uuid), attempt: 1, program: .batch(BatchID(4), request))
      return SparkSubmitLine(
        order: order, settings: settings, defaults: JavaProperties(["spark.admin": "yes"]),
        files: SessionFiles(folder: "/f"))
    }
    let whole = try line(request)
    #expect(whole.executable == "/spark/bin/spark-submit")
    #expect(
      whole.arguments == [
        "--properties-file", "/f/spark.properties", "--class", "org.example.Main",
        "hdfs:///job.jar", "--conf", "spark.master=yarn", "", "a b",
      ])
    #expect(
      whole.environment == [
        "PATH": "/bin", "SPARK_HOME": "/spark", "PYSPARK_PYTHON": "/bin/python",
        "LIVY_SESSION_TAG": "0123456789abcdef0123456789abcdef",
      ])
    #expect(
      whole.properties.values == [
        "spark.admin": "yes", "spark.secret": "s3cret", "spark.forced": "server",
        "spark.app.name": "nightly", "spark.master": "local[*]",
        "spark.submit.deployMode": "client", "spark.yarn.queue": "q", "spark.driver.memory": "1g",
        "spark.submit.pyFiles": "hdfs:///p.py",
      ])
    let bare = try line(BatchRequest(file: "/data/job.py"))
    #expect(bare.arguments == ["--properties-file", "/f/spark.properties", "/data/job.py"])
    #expect(bare.properties.values["spark.app.name"] == "livy-batch-4")
  }

  @Test("spark-defaults.conf is looked for where Spark looks for it")
  func defaultsPath() {
    var settings = LaunchSettings(
      sparkHome: "/spark", driverExecutable: "/d", stateFolder: "/s", environment: [:])
    #expect(settings.sparkDefaults == "/spark/conf/spark-defaults.conf")
    settings.environment["SPARK_CONF_DIR"] = "/env"
    #expect(settings.sparkDefaults == "/env/spark-defaults.conf")
    settings.sparkConfFolder = "/set"
    #expect(settings.sparkDefaults == "/set/spark-defaults.conf")
  }
}
