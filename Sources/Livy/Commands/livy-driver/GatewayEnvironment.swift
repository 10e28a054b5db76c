// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LivyCore

/// What Spark's PythonRunner tells a driver through its environment.
struct GatewayEnvironment {
  /// Of the JVM's Py4J gateway, on 127.0.0.1.
  let port: UInt16
  /// Spark's own secret for it, which stands in the environment by Spark's design.
  let secret: String
  /// The whole environment, for child processes.
  let variables: [String: String]

  init() throws(LivyError) {
    var variables = Self.all()
    if let folder = variables.removeValue(forKey: DriverInvocation.confFolderVariable) {
      variables["SPARK_CONF_DIR"] = folder
    }
    self.variables = variables
    guard let text = variables["PYSPARK_GATEWAY_PORT"], let port = UInt16(text),
      let secret = variables["PYSPARK_GATEWAY_SECRET"]
    else {
      throw LivyError(
        .configuration,
        "PYSPARK_GATEWAY_PORT and PYSPARK_GATEWAY_SECRET are not set: spark-submit starts this"
          + " program, people do not")
    }
    self.port = port
    self.secret = secret
  }

  private static func all() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
      entry += 1
    }
    return variables
  }
}
