// SPDX-License-Identifier: Apache-2.0

package import LivyCore

extension LocalLauncher {
  /// Names, sizes and times of the operator's conf and of the local files that the request names. A
  /// file that lies elsewhere may change without a trace here.
  package func stamp(of request: SessionRequest) async -> LaunchStamp? {
    guard let settings = try? settings.choosing(by: request.conf) else { return nil }
    var paths = [
      settings.sparkDefaults, settings.sparkSubmit, settings.driverExecutable,
      settings.sparkHome + "/jars",
    ]
    let confFolders = [
      settings.sparkConfFolder ?? settings.sparkHome + "/conf",
      settings.environment["HIVE_CONF_DIR"],
    ]
    paths += confFolders.compactMap { $0.map { "\($0)/\(HiveSite.fileName)" } }
    for uri in settings.fileURIs(of: request) {
      guard let path = HiveSite.localPath(of: uri) else { return nil }
      paths.append(path)
    }
    let lines = paths.map { "\($0) \(FileStamp(path: $0).map(\.description) ?? "none")" }
    return LaunchStamp(lines.joined(separator: "\n"))
  }
}

extension LaunchSettings {
  /// All that a request names, as Spark is told, without what stands behind a `#`.
  fileprivate func fileURIs(of request: SessionRequest) -> [String] {
    let files = request.files
    let listed = fileKeys.flatMap { SparkFiles.uris(in: request.conf[$0] ?? "") }
    let all = files.jars + files.pythonFiles + files.files + files.archives + listed
    return all.map { defaultFileSystem.qualified(String($0.prefix { $0 != "#" })) }
      .filter { !$0.isEmpty }
  }
}
