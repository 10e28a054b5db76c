// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Looks at files, folders and ports that a server needs. Changes nothing.
enum PlaceChecks {
  static func spark(_ home: String?, named subject: String = "Spark") -> Finding {
    let remedy = "run make setup, or set SPARK_HOME or livy.server.spark-home to a Spark 3.5"
    guard let home else { return .missing(subject, "none was found", mend: remedy) }
    guard FileManager.default.isExecutableFile(atPath: home + "/bin/spark-submit") else {
      return .missing(subject, "\(home) has no bin/spark-submit", mend: remedy)
    }
    let jars = (try? FileManager.default.contentsOfDirectory(atPath: home + "/jars")) ?? []
    guard let version = VersionChecks.sparkVersion(jars: jars) else {
      return .missing(subject, "\(home) has no jars/spark-core", mend: remedy)
    }
    return .fine(subject, "\(version) (\(home))")
  }

  static func driver(_ path: String) -> Finding {
    guard FileManager.default.isExecutableFile(atPath: path) else {
      return .missing(
        "livy-driver", "there is no program \(path)",
        mend: "run make build, or set livy.server.driver to it")
    }
    return .fine("livy-driver", path)
  }

  /// One that is not there yet is fine where it can be made.
  static func stateFolder(_ path: String) -> Finding {
    let subject = "State folder"
    let remedy = "make it writable for this user, or set LIVY_STATE_DIR to one that is"
    var folder = path
    while !FileManager.default.fileExists(atPath: folder), folder != "/", !folder.isEmpty {
      folder = URL(filePath: folder).deletingLastPathComponent().path
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue, access(folder, W_OK | X_OK) == 0
    else {
      return .missing(subject, "\(folder) is no folder that can be written", mend: remedy)
    }
    guard folder == path else { return .fine(subject, "\(path) (made at the first start)") }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let mode = (attributes?[.posixPermissions] as? Int) ?? 0
    guard mode & 0o077 == 0 else {
      return .doubtful(
        subject, "\(path) is open to other users, and keys stand in it", mend: "chmod 700 \(path)")
    }
    return .fine(subject, path)
  }

  /// Whether a server could listen there now. `address` is numeric.
  static func isFree(_ address: String, _ port: UInt16) -> Bool {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address, String(port), &hints, &list) == 0, let first = list else {
      return false
    }
    defer { freeaddrinfo(first) }
    let descriptor = socket(first.pointee.ai_family, first.pointee.ai_socktype, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // A port of connections that have just ended is free for a server, which says the same.
    var reuse: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 else {
      return false
    }
    return listen(descriptor, 1) == 0
  }
}
