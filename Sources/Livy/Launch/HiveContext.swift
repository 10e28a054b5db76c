// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Whether a session keeps its tables in Hive's metastore.
package enum HiveContext: Sendable {
  case off, on

  /// A session's own word on it, in its conf.
  package static let key = "livy.repl.enable-hive-context"
}

/// What a session with Hive needs besides Spark's own jars: a `hive-site.xml` in a folder of the
/// driver's classpath. The request's file wins over `HIVE_CONF_DIR`, and that one over Spark's conf
/// folder, which Spark puts on the classpath by itself, behind these.
struct HiveSite: Equatable {
  /// The request's own file, to be copied into a folder of the session.
  var requested: String?
  /// What comes first on the driver's classpath.
  var folder: String?

  /// Nil for a session without Hive.
  init?(_ request: SessionRequest, _ settings: LaunchSettings, files: SessionFiles) {
    switch request.conf[HiveContext.key]?.lowercased() {
    case "true": break
    case "false": return nil
    case nil, .some: guard settings.hive == .on else { return nil }
    }
    requested = settings.defaultFileSystem.qualified(request.files).files
      .first { $0.hasSuffix("/" + Self.fileName) }
    folder = requested == nil ? settings.environment["HIVE_CONF_DIR"] : files.hive
  }

  static let fileName = "hive-site.xml"

  /// Copies the request's file. The server can read only what is on its machine.
  func write(in files: SessionFiles, limits: LaunchLimits) throws(LivyError) {
    guard let requested else { return }
    guard let path = Self.localPath(of: requested) else {
      throw LivyError(
        .launchFailed,
        "\(requested) cannot be put on the driver's classpath, only a file of this machine can: "
          + "name one, or put it into HIVE_CONF_DIR")
    }
    guard let bytes = try FileSystem.read(.first, limits.hiveSiteBytesMax + 1, of: path) else {
      throw LivyError(.launchFailed, "there is no \(path), which the session asks for")
    }
    guard bytes.count <= limits.hiveSiteBytesMax else {
      throw LivyError(.launchFailed, "\(path) is larger than \(limits.hiveSiteBytesMax) bytes")
    }
    try FileSystem.makePrivateFolder(files.hive)
    try FileSystem.write(bytes, to: "\(files.hive)/\(Self.fileName)")
  }

  /// Of `/a/b`, `file:/a/b` and `file:///a/b`; nil for what is elsewhere.
  static func localPath(of uri: String) -> String? {
    guard !uri.hasPrefix("/") else { return uri }
    guard uri.hasPrefix("file:/") else { return nil }
    let rest = uri.dropFirst("file:".count)
    guard rest.hasPrefix("//") else { return String(rest) }
    let path = rest.dropFirst(2)
    return path.hasPrefix("/") ? String(path) : nil
  }
}
