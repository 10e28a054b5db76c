// SPDX-License-Identifier: Apache-2.0

internal import LivyPy4J

extension JavaScope {
  /// A folder for the classes that a Scala REPL makes, as a `java.io.File`, open to this user
  /// alone; Spark removes it when its JVM ends. To be made before the SparkContext, which then
  /// serves what is in it to executors; it stays empty where no Scala is used.
  func makeClassFolder() async throws(Py4JError) -> JavaReference {
    let path = try await createFolder()
    let folder = try await object(path, "toFile")
    _ = try await callStatic(
      "org.apache.spark.util.ShutdownHookManager", "registerShutdownDeleteDir", .reference(folder))
    let name = try await call(folder, "getPath").asText()
    _ = try await callStatic(
      "java.lang.System", "setProperty", "spark.repl.class.outputDir", .text(name))
    return folder
  }

  /// In the working folder, which goes with the session however it ends; where that cannot be
  /// written, among the temporary files.
  private func createFolder() async throws(Py4JError) -> JavaReference {
    let files = "java.nio.file.Files"
    let plain = try await perform(
      .newArray(className: "java.nio.file.attribute.FileAttribute", length: 0))
    do {
      let here = try await construct("java.io.File", "")
      let parent = try await object(object(here, "getAbsoluteFile"), "toPath")
      return try await callStatic(
        files, "createTempDirectory", .reference(parent), "livy-classes", plain
      ).asReference()
    } catch {
      guard error.code == .java else { throw error }
      return try await callStatic(files, "createTempDirectory", "livy-classes", plain)
        .asReference()
    }
  }
}
