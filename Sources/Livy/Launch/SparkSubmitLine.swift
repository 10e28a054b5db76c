// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// How spark-submit is called for one session: a pure value, made from the order, the operator's
/// settings and the admin's `spark-defaults.conf`.
///
/// All of the session's conf travels in a properties file: argv is open to every user of the
/// machine. Spark does not read `spark-defaults.conf` beside a `--properties-file`, so it is merged
/// here, under the request's conf. Spark itself trims blanks from both ends of a value that it
/// reads from a file.
package struct SparkSubmitLine: Equatable, Sendable {
  package var executable: String
  /// Without the program's own name.
  package var arguments: [String]
  package var environment: [String: String]
  package var properties: JavaProperties
  /// Of a session that has Hive.
  let hive: HiveSite?

  /// The environment variable by which all processes of a session are found. Not a secret.
  package static let tagVariable = "LIVY_SESSION_TAG"

  package init(
    order: LaunchOrder, settings: LaunchSettings, defaults: JavaProperties, files: SessionFiles
  ) {
    executable = settings.sparkSubmit
    environment = Self.environment(settings, tag: order.tag)
    switch order.program {
    case .session(let id, let request, _):
      arguments = ["--properties-file", files.properties, files.bootstrap, files.launch]
      properties = Self.properties(SparkWish(request, id), settings, defaults)
      // Ours stands in the place of the user's, which our driver finds in the environment.
      environment["PYSPARK_DRIVER_PYTHON"] = properties.values["spark.pyspark.driver.python"]
      properties.values["spark.pyspark.driver.python"] = settings.driverExecutable
      hive = HiveSite(request, settings, files: files)
      if let hive { properties.add(hive, unless: request.conf) }
    case .batch(let id, let request):
      let main = request.className.map { ["--class", $0] } ?? []
      arguments =
        ["--properties-file", files.properties] + main
        + [settings.defaultFileSystem.qualified(request.file)] + request.arguments
      properties = Self.properties(SparkWish(request, id), settings, defaults)
      hive = nil
    }
  }

  static func environment(
    _ settings: LaunchSettings, tag: SessionUUID
  ) -> [String: String] {
    var environment = settings.environment.filter { !$0.key.hasPrefix("LIVY_") }
    environment["SPARK_HOME"] = settings.sparkHome
    environment["SPARK_CONF_DIR"] = settings.sparkConfFolder ?? environment["SPARK_CONF_DIR"]
    environment[tagVariable] = tag.text
    return environment
  }

  private static func properties(
    _ request: SparkWish, _ settings: LaunchSettings, _ defaults: JavaProperties
  ) -> JavaProperties {
    // Keys that begin with `livy.` are for the server and the driver; Spark would only warn of
    // them.
    var requested = request.conf.filter { !$0.key.hasPrefix("livy.") }
    for key in settings.fileKeys {
      guard let value = requested[key] else { continue }
      let uris = SparkFiles.uris(in: value).joined(separator: ",")
      requested[key] = settings.defaultFileSystem.qualified(uris)
    }
    var values = defaults.values.merging(requested) { $1 }
    values["spark.app.name"] = request.name
    for (key, value) in sizes(of: request) {
      values[key] = value
    }
    for (key, list) in lists(of: settings.defaultFileSystem.qualified(request.files))
    where !list.isEmpty {
      let more = requested[key].map { [$0] } ?? []
      values[key] = (list + more).filter { !$0.isEmpty }.joined(separator: ",")
    }
    values["spark.master"] = settings.master
    values["spark.submit.deployMode"] = "client"
    return JavaProperties(values.merging(settings.forcedConf) { $1 })
  }

  private static func sizes(of request: SparkWish) -> [(String, String)] {
    let resources = request.resources
    let sizes: [(String, String?)] = [
      ("spark.driver.memory", resources.driverMemory),
      ("spark.driver.cores", resources.driverCores.map { String($0) }),
      ("spark.executor.memory", resources.executorMemory),
      ("spark.executor.cores", resources.executorCores.map { String($0) }),
      ("spark.executor.instances", resources.executorCount.map { String($0) }),
      ("spark.yarn.queue", request.queue),
    ]
    return sizes.compactMap { key, value in value.map { (key, $0) } }
  }

  private static func lists(of files: SparkFiles) -> [(String, [String])] {
    [
      ("spark.jars", files.jars),
      ("spark.submit.pyFiles", files.pythonFiles),
      ("spark.files", files.files),
      ("spark.archives", files.archives),
    ]
  }
}

extension JavaProperties {
  /// A request that names its catalog keeps it.
  fileprivate mutating func add(_ hive: HiveSite, unless conf: [String: String]) {
    let catalog = "spark.sql.catalogImplementation"
    values[catalog] = conf[catalog] ?? "hive"
    guard let folder = hive.folder else { return }
    let classPath = "spark.driver.extraClassPath"
    let others = values[classPath].map { $0.isEmpty ? [] : [$0] } ?? []
    values[classPath] = ([folder] + others).joined(separator: ":")
  }
}

/// What Spark is told of a session or a batch alike.
private struct SparkWish {
  var name: String
  var queue: String?
  var resources: SparkResources
  var files: SparkFiles
  var conf: [String: String]

  init(_ request: SessionRequest, _ id: SessionID) {
    name = request.name ?? request.conf["spark.app.name"] ?? "livy-session-\(id)"
    queue = request.queue
    resources = request.resources
    files = request.files
    conf = request.conf
  }

  init(_ request: BatchRequest, _ id: BatchID) {
    name = request.name ?? request.conf["spark.app.name"] ?? "livy-batch-\(id)"
    queue = request.queue
    resources = request.resources
    files = request.files
    conf = request.conf
  }
}

/// Where the files of one session stand.
package struct SessionFiles: Equatable, Sendable {
  package var folder: String

  package init(folder: String) {
    self.folder = folder
  }

  /// Spark's settings; may hold a user's secrets.
  package var properties: String { folder + "/spark.properties" }
  /// What the driver needs to enrol; secret.
  package var launch: String { folder + "/launch" }
  /// The primary resource. Spark wants a `.py`; nobody interprets it.
  package var bootstrap: String { folder + "/bootstrap.py" }
  /// Which process spark-submit is.
  package var process: String { folder + "/process" }
  package var standardOutput: String { folder + "/stdout.log" }
  package var standardError: String { folder + "/stderr.log" }
  /// Folder of the session's own `hive-site.xml`.
  package var hive: String { folder + "/hive" }
  /// Working folder of spark-submit and the driver: what they write by relative names lands here.
  package var work: String { folder + "/work" }
}
