// SPDX-License-Identifier: Apache-2.0

internal import Transport

/// What an archive of classes was made of. A JVM uses one only with the same classes in the same
/// order of the same class path, and only if it is the same JVM: whatever changes there makes
/// another key, so an archive that is out of date is never named to a JVM.
struct ArchiveKey: Hashable, Sendable, CustomStringConvertible {
  /// 32 lower-case hex digits.
  let text: String

  /// - Parameter parts: in any order.
  init(of parts: [String]) {
    let bytes = Array(parts.sorted().joined(separator: "\n").utf8)
    let digits = SHA256.digest(of: bytes).prefix(16).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    text = digits.joined()
  }

  var description: String { text }
}

/// The JVM and the jars of one Spark, as they lie on disk now.
struct SparkInstallation: Equatable, Sendable {
  var home: String
  /// Absolute path of `java`, without links.
  var java: String
  /// `name size mtime` of each jar, and of the JVM's own library.
  var files: [String]

  /// Changes with what is done in a rehearsal or told to the JVM.
  private static let form = "form 1"

  var key: ArchiveKey {
    ArchiveKey(of: files + [Self.form, "java \(java)", "home \(home)"] + ArchiveOptions.using)
  }

  /// Nil where there is no Java, or Spark has no folder of jars: then there is nothing to speed up.
  init?(home: String, environment: [String: String], limits: ArchiveLimits) {
    guard let java = Self.java(in: environment),
      let jars = FolderListing.files(in: home + "/jars", max: limits.jarsMax), !jars.isEmpty
    else { return nil }
    self.home = home
    self.java = java
    files = jars.map { "jars/\($0)" }
    guard let slash = java.range(ofLast: "/bin/") else { return nil }
    let library = String(java[..<slash]) + "/lib/server/libjvm.so"
    guard let machine = FileStamp(path: library) else { return nil }
    files.append("libjvm \(machine)")
  }

  /// The one that Spark's own script takes: of `JAVA_HOME`, else the first in PATH.
  private static func java(in environment: [String: String]) -> String? {
    if let home = environment["JAVA_HOME"], !home.isEmpty {
      return FileSystem.realPath(of: home + "/bin/java")
    }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    let found = folders.first { FileSystem.isExecutable("\($0)/java") }
    return found.flatMap { FileSystem.realPath(of: "\($0)/java") }
  }
}

extension String {
  /// Where the last occurrence of `text` begins.
  fileprivate func range(ofLast text: String) -> String.Index? {
    var place = endIndex
    while place > startIndex {
      place = index(before: place)
      if self[place...].hasPrefix(text) { return place }
    }
    return nil
  }
}
