// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// What the operator decides about starting Spark applications.
package struct LaunchSettings: Equatable, Sendable {
  /// Folder of the Spark distribution; `bin/spark-submit` stands in it.
  package var sparkHome: String
  /// Folder of `spark-defaults.conf`; nil means SPARK_CONF_DIR of the environment below, then
  /// `conf` in Spark's folder, as for Spark itself.
  package var sparkConfFolder: String?
  /// Further Spark distributions by name, from which an application chooses with `SparkChoice`.
  package var sparkHomes: [String: String] = [:]
  /// Spark's master URL; beats what a request says.
  package var master = "local[*]"
  /// Whether sessions have Hive's tables and functions, where they do not say it themselves
  /// (`livy.repl.enable-hive-context`).
  package var hive = HiveContext.off
  /// Absolute path of `livy-driver`.
  package var driverExecutable: String
  /// Each session gets a folder of its own below `sessions` in it.
  package var stateFolder: String
  /// The environment of spark-submit. Variables that begin with `LIVY_` are the server's own and
  /// are left out.
  package var environment: [String: String]
  /// Spark properties that neither the request nor `spark-defaults.conf` can change.
  package var forcedConf: [String: String] = [:]
  /// Where a path without a scheme lies.
  package var defaultFileSystem = DefaultFileSystem.local
  /// Conf keys that list files.
  package var fileKeys = SparkFiles.confKeys
  package var limits = LaunchLimits()

  package init(
    sparkHome: String, driverExecutable: String, stateFolder: String,
    environment: [String: String]
  ) {
    self.sparkHome = sparkHome
    self.driverExecutable = driverExecutable
    self.stateFolder = stateFolder
    self.environment = environment
  }

  package var sparkSubmit: String { sparkHome + "/bin/spark-submit" }

  /// These settings with the Spark that an application's conf names: its folder, its own `conf`,
  /// and none of the other Spark's Python modules. Throws `.invalidRequest` for an unknown name.
  package func choosing(by conf: [String: String]) throws(LivyError) -> LaunchSettings {
    guard let name = try SparkChoice.choose(in: conf, from: Set(sparkHomes.keys)),
      let home = sparkHomes[name]
    else { return self }
    var chosen = self
    chosen.sparkHome = home
    chosen.sparkConfFolder = home + "/conf"
    let python = environment["PYTHONPATH"]?.split(separator: ":") ?? []
    let kept = python.filter { !$0.hasPrefix(sparkHome + "/") }
    chosen.environment["PYTHONPATH"] = kept.isEmpty ? nil : kept.joined(separator: ":")
    return chosen
  }

  package var sparkDefaults: String {
    (sparkConfFolder ?? environment["SPARK_CONF_DIR"] ?? sparkHome + "/conf")
      + "/spark-defaults.conf"
  }
}

/// Every limit of this module, in one place.
package struct LaunchLimits: Equatable, Sendable {
  /// After asking an application to end: time until it is killed.
  package var terminationGrace: Duration = .seconds(10)
  /// After killing: time until `kill()` gives up on processes that the kernel does not end.
  package var killTimeout: Duration = .seconds(30)
  /// How often an ending application is looked for.
  package var killInterval: Duration = .milliseconds(50)
  /// How often an application that an earlier run of the server started is looked at.
  package var adoptedPollInterval: Duration = .milliseconds(500)
  /// Read from the end of a log file, at most.
  package var logTailBytesMax = 1 << 20
  /// `spark-defaults.conf`, at most.
  package var sparkDefaultsBytesMax = 4 << 20
  /// A session's own `hive-site.xml`, at most.
  package var hiveSiteBytesMax = 4 << 20
  /// A process's environment, as far as it is searched for the session's tag.
  package var processEnvironmentBytesMax = 4 << 20

  package init() {}
}
