// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore

/// What a program finds around it: the environment, its own place, the user's folders. Read once,
/// at the start.
struct Surroundings: Sendable {
  var environment: [String: String]
  /// Absolute path of this program.
  var program: String
  var home: String

  static var current: Surroundings {
    Surroundings(
      environment: ProcessInfo.processInfo.environment,
      program: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        ?? CommandLine.arguments.first ?? "livy",
      home: FileManager.default.homeDirectoryForCurrentUser.path)
  }

  private func value(_ name: String) -> String? {
    guard let text = environment[name], !text.isEmpty else { return nil }
    return text
  }

  /// `LIVY_CONF_DIR`, else `conf` in `LIVY_HOME`, else `/etc/livy/conf`.
  var confFolder: String {
    value("LIVY_CONF_DIR") ?? value("LIVY_HOME").map { $0 + "/conf" } ?? "/etc/livy/conf"
  }

  /// `LIVY_LOG_DIR`, else `logs` in `LIVY_HOME`, else `logs` in the state folder.
  var logFolder: String {
    value("LIVY_LOG_DIR") ?? (value("LIVY_HOME") ?? stateFolder) + "/logs"
  }

  /// `LIVY_STATE_DIR`, else the user's state folder (XDG base directories).
  var stateFolder: String {
    value("LIVY_STATE_DIR") ?? (value("XDG_STATE_HOME") ?? home + "/.local/state") + "/livy"
  }

  /// What can be made again: the user's cache folder (XDG base directories).
  private var cacheFolder: String { (value("XDG_CACHE_HOME") ?? home + "/.cache") + "/livy" }

  /// Archives of Spark's classes.
  var archiveFolder: String { cacheFolder + "/cds" }

  /// What was entered in the shell, whatever server it talks to.
  var historyFile: String {
    (value("XDG_STATE_HOME") ?? (value("HOME") ?? home) + "/.local/state") + "/livy/history"
  }

  /// Where `make setup` puts Spark.
  private var setupFolder: String { cacheFolder + "/spark-3.5" }

  private var isSparkOfSetup: Bool { value("SPARK_HOME") == nil && sparkHome != nil }

  /// `SPARK_HOME`, else the Spark that `make setup` installed; nil where there is none.
  var sparkHome: String? {
    if let home = value("SPARK_HOME") { return home }
    let installed = setupFolder + "/home"
    return FileManager.default.fileExists(atPath: installed + "/bin/spark-submit")
      ? installed : nil
  }

  /// `livy-driver` beside this program.
  var driver: String {
    URL(filePath: program).deletingLastPathComponent().appending(path: "livy-driver").path
  }

  /// The environment of spark-submit: ours, and the Python that belongs to the Spark of the set-up,
  /// unless another was chosen.
  var sparkEnvironment: [String: String] {
    var variables = environment
    if isSparkOfSetup, value("PYSPARK_PYTHON") == nil {
      variables["PYSPARK_PYTHON"] = setupFolder + "/bin/python"
    }
    return variables
  }

  /// `fs.defaultFS` of `core-site.xml` in `HADOOP_CONF_DIR`, else in `YARN_CONF_DIR`.
  func defaultFileSystem() throws(LivyError) -> DefaultFileSystem {
    let folder = (value("HADOOP_CONF_DIR") ?? value("YARN_CONF_DIR")).map { ConfFolder(path: $0) }
    guard let text = try folder?.text(of: "core-site.xml") else { return .local }
    return try HadoopConfiguration(parsing: text).defaultFileSystem()
  }
}

/// This project's own version.
enum ProductVersion {
  static let text = "livy-swift 0.1.0"
}
