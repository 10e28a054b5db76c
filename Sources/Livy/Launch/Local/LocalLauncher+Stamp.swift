// SPDX-License-Identifier: Apache-2.0

package import LivyCore

extension LocalLauncher {
  /// Names, sizes and times of the operator's conf and of the local files that the request names. A
  /// file that lies elsewhere, or is not found here, may change without a trace.
  package func stamp(of request: SessionRequest) async -> LaunchStamp? {
    // A disk may be slow, and the caller an event loop.
    await withTaskExecutorPreference(globalConcurrentExecutor) { look(at: request) }
  }

  private func look(at request: SessionRequest) -> LaunchStamp? {
    guard let settings = try? settings.choosing(by: request.conf) else { return nil }
    var paths = [settings.sparkSubmit, settings.driverExecutable, settings.sparkHome + "/jars"]
    for folder in settings.confFolders {
      paths += Self.confFiles.map { "\(folder)/\($0)" }
    }
    var lines = paths.map { "\($0) \(FileStamp(path: $0).map(\.description) ?? "none")" }
    for uri in settings.fileURIs(of: request) {
      guard let path = HiveSite.localPath(of: uri), let stamp = FileStamp(path: path) else {
        return nil
      }
      lines.append("\(path) \(stamp)")
    }
    return LaunchStamp(lines.joined(separator: "\n"))
  }
}

extension LocalLauncher {
  private static let confFiles = [
    "spark-defaults.conf", "spark-env.sh", "log4j2.properties", HiveSite.fileName, "core-site.xml",
    "hdfs-site.xml", "yarn-site.xml",
  ]
}

extension LaunchSettings {
  /// Of Spark, Hive and Hadoop.
  fileprivate var confFolders: [String] {
    let variables = ["SPARK_CONF_DIR", "HIVE_CONF_DIR", "HADOOP_CONF_DIR", "YARN_CONF_DIR"]
    return [sparkConfFolder ?? sparkHome + "/conf"] + variables.compactMap { environment[$0] }
  }

  /// All that a request names, as Spark is told, without what stands behind a `#`.
  fileprivate func fileURIs(of request: SessionRequest) -> [String] {
    let files = request.files
    let listed = fileKeys.compactMap { request.conf[$0] }
    let all = files.jars + files.pythonFiles + files.files + files.archives + listed
    return all.flatMap { SparkFiles.uris(in: $0) }.map { uri in
      defaultFileSystem.qualified(String(Substring(uri.utf8.prefix { $0 != UInt8(ascii: "#") })))
    }
  }
}
