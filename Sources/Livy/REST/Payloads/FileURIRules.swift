// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Which jars, files, archives and Python files a request may name.
///
/// Spark takes several URIs in one text, with commas between them; so does this, else a second one
/// would pass unseen.
package struct FileURIRules: Equatable, Sendable {
  /// `livy.file.local-dir-whitelist`: only what lies below one of these may be a local file.
  private var folders: [[String]]
  /// Where a path without a scheme lies.
  package var defaultFileSystem: DefaultFileSystem

  /// Folders are absolute paths.
  package init(
    localFolders: [String] = [], defaultFileSystem: DefaultFileSystem = .local
  ) {
    folders = localFolders.map { Self.normalised($0) }
    self.defaultFileSystem = defaultFileSystem
  }

  /// Throws `.invalidRequest` with Livy's words unless every URI in `text` may be used.
  package func check(_ text: String) throws(LivyError) {
    for uri in URIBytes.parts(of: text) { try checkOne(uri) }
  }

  private func checkOne(_ uri: URIBytes) throws(LivyError) {
    guard uri.isReadByJava else {
      throw LivyError(.invalidRequest, "Illegal character or nothing in path: '\(uri)'")
    }
    let (scheme, rest) = uri.scheme
    let isAbsolute = scheme != nil || rest.begins(with: "/") && !rest.begins(with: "//")
    guard isAbsolute else { throw notAbsolute(uri) }
    guard scheme == "file" || scheme == nil && defaultFileSystem.isLocal else {
      // Whoever cannot read it as a URI would take it for a path, in the session's own folder.
      guard !rest.parts(at: "/").contains(where: { $0.text == ".." }) else {
        throw LivyError(.invalidRequest, "'..' may stand in local paths alone, not in '\(uri)'")
      }
      return
    }
    let path = rest.behindAuthority
    guard path.begins(with: "/") else { throw notAbsolute(uri) }
    // All readings must lie inside. Spark takes a bare path as it is or without its fragment, and
    // decodes a file: URI, which has a query besides.
    let wholes = [path, path.upTo("#"), path.upTo("#").upTo("?")].map(\.text)
    let readings = wholes.map { Optional($0) } + wholes.map { PercentEncoding.decoded($0) }
    guard readings.allSatisfy({ $0.map { lies(Self.normalised($0)) } ?? false }) else {
      throw LivyError(
        .invalidRequest,
        "requirement failed: Local path \(path) cannot be added to user sessions.")
    }
  }

  private func notAbsolute(_ uri: URIBytes) -> LivyError {
    LivyError(.invalidRequest, "requirement failed: Path '\(uri)' is not absolute.")
  }

  private func lies(_ path: [String]) -> Bool {
    folders.contains { path.count > $0.count && path.starts(with: $0) }
  }

  /// The parts of a path without `.` and `..`; one that climbs above the root stays at the root.
  private static func normalised(_ path: String) -> [String] {
    var parts: [String] = []
    for part in URIBytes(path).parts(at: "/").map(\.text) where part != "." && !part.isEmpty {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }
}
