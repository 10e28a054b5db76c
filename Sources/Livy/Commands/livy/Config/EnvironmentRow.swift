// SPDX-License-Identifier: Apache-2.0

/// What this server, or its wrapper `bin/livy-server`, makes of one environment variable.
struct EnvironmentRow: Sendable {
  enum Fate: String, Sendable {
    case honoured
    /// By Spark and what it starts.
    case passedOn = "passed on"
    case ignored
  }

  var name: String
  var fate: Fate
  var help: String

  init(_ name: String, _ help: String) {
    self.init(name, .honoured, help)
  }

  init(_ name: String, _ fate: Fate, _ help: String) {
    self.name = name
    self.fate = fate
    self.help = help
  }

  static let all = [
    EnvironmentRow("LIVY_CONF_DIR", "folder of the configuration; else conf in LIVY_HOME"),
    EnvironmentRow(
      "LIVY_HOME", "folder of the installation; bin/livy-server takes the one it stands in"),
    EnvironmentRow(
      "LIVY_LOG_DIR", "folder of logs; else logs in LIVY_HOME, else logs in the state folder"),
    EnvironmentRow(
      "LIVY_STATE_DIR",
      "folder of the state, of keys and of sessions' files; "
        + "else livy in XDG_STATE_HOME, else ~/.local/state/livy"),
    EnvironmentRow("LIVY_URL", "where the commands of the command line find their server"),
    EnvironmentRow("LIVY_PID_DIR", "bin/livy-server: folder of its pid file; else /tmp"),
    EnvironmentRow(
      "LIVY_IDENT_STRING", "bin/livy-server: part of its files' names; else the user's name"),
    EnvironmentRow("LIVY_MAX_LOG_FILES", "bin/livy-server: older .out files that are kept; else 5"),
    EnvironmentRow("LIVY_NICENESS", "bin/livy-server: niceness of the server; else 0"),
    EnvironmentRow(
      "LIVY_PROGRAM", "bin/livy-server: path of the program livy, where it is not beside it"),
    EnvironmentRow("LIVY_START_SECONDS", "bin/livy-server: how long start waits; else 20"),
    EnvironmentRow("LIVY_STOP_SECONDS", "bin/livy-server: how long stop waits; else 60"),
    EnvironmentRow("SPARK_HOME", "folder of Spark, unless livy.server.spark-home is set"),
    EnvironmentRow("JAVA_HOME", .passedOn, "the Java of Spark"),
    EnvironmentRow("SPARK_CONF_DIR", .passedOn, "folder of spark-defaults.conf and the like"),
    EnvironmentRow(
      "HADOOP_CONF_DIR", .passedOn,
      "folder of Hadoop's configuration; fs.defaultFS of its core-site.xml is where a path without "
        + "a scheme lies"),
    EnvironmentRow("YARN_CONF_DIR", .passedOn, "folder of YARN's configuration"),
    EnvironmentRow("HIVE_CONF_DIR", .passedOn, "folder of Hive's configuration"),
    EnvironmentRow("PYSPARK_PYTHON", .passedOn, "the Python of sessions"),
    EnvironmentRow("PYSPARK_DRIVER_PYTHON", .passedOn, "the Python of batches' drivers"),
    EnvironmentRow("LIVY_SERVER_JAVA_OPTS", .ignored, "the server needs no Java"),
    EnvironmentRow("LIVY_TEST", .ignored, "is for Livy's own tests"),
  ]

  /// One line for each variable that an operator of Livy may have set in vain.
  static func warnings(of environment: [String: String]) -> [String] {
    all.filter { $0.fate == .ignored && !(environment[$0.name] ?? "").isEmpty }
      .map { "\($0.name) is ignored: \($0.help)" }
  }
}
