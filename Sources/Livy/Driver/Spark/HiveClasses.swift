// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J

extension JavaScope {
  /// Returns whether the session is to have Hive. Spark would tell much later, and not plainly, that
  /// it cannot keep its tables there.
  func checkHive() async throws(Py4JError) -> Bool {
    let catalog = try await callStatic(
      "java.lang.System", "getProperty", "spark.sql.catalogImplementation")
    guard catalog == .text("hive") else { return false }
    let thread = try await callStatic("java.lang.Thread", "currentThread").asReference()
    let loader = try await object(thread, "getContextClassLoader")
    for name in [
      "org.apache.spark.sql.hive.HiveSessionStateBuilder", "org.apache.hadoop.hive.conf.HiveConf",
    ] {
      do {
        _ = try await object(loader, "loadClass", .text(name))
      } catch {
        guard error.code == .java else { throw error }
        throw Py4JError(
          .unexpectedValue,
          "the session is to have Hive, and this Spark has no class \(name): take a Spark that was "
            + "built with Hive, or set livy.repl.enable-hive-context to false")
      }
    }
    return true
  }
}
