// SPDX-License-Identifier: Apache-2.0

/// Where a path without a scheme lies: Hadoop's `fs.defaultFS`.
package struct DefaultFileSystem: Equatable, Sendable {
  /// Scheme and authority, such as `hdfs://namenode:8020`; nil for the files of this machine.
  private let root: String?

  /// The files of this machine.
  package static let local = DefaultFileSystem(root: nil)

  private init(root: String?) {
    self.root = root
  }

  /// Of the value of `fs.defaultFS`, a URI; nil for what is none.
  package init?(_ uri: String) {
    let parts = uri.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let scheme = parts.first, !scheme.contains("/"),
      parts[1].hasPrefix("/"), !uri.contains("$"),
      uri.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) })
    else { return nil }
    guard scheme.lowercased() != "file" else {
      self = .local
      return
    }
    // `hdfs:///` names no authority, and each of its paths goes on behind three slashes.
    let authority = parts[1].drop { $0 == "/" }.prefix { $0 != "/" }
    root = "\(scheme)://\(authority)"
  }

  package var isLocal: Bool { root == nil }

  /// A URI, or several with commas between, as Spark shall find them: an absolute path gets the root
  /// before it, all else stays.
  package func qualified(_ text: String) -> String {
    guard let root else { return text }
    // By bytes, as Java does: a mark that combines with a comma or slash does not hide it.
    return text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      .map { uri in
        let isPath = uri.starts(with: "/".utf8) && !uri.starts(with: "//".utf8)
        return (isPath ? root : "") + String(Substring(uri))
      }
      .joined(separator: ",")
  }

  package func qualified(_ files: SparkFiles) -> SparkFiles {
    var files = files
    files.jars = files.jars.map(qualified)
    files.pythonFiles = files.pythonFiles.map(qualified)
    files.files = files.files.map(qualified)
    files.archives = files.archives.map(qualified)
    return files
  }
}
