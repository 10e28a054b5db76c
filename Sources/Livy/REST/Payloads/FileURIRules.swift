// SPDX-License-Identifier: Apache-2.0

package import LivyCore

/// Which jars, files, archives and Python files a request may name.
///
/// Spark takes several URIs in one text, with commas between them; so does this, else a second one
/// would pass unseen.
package struct FileURIRules: Equatable, Sendable {
  /// `livy.file.local-dir-whitelist`: only what lies below one of these may be a local file.
  private var folders: [[Substring]]
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
    for uri in text.split(separator: ",", omittingEmptySubsequences: false) {
      try checkOne(uri)
    }
  }

  private func checkOne(_ uri: Substring) throws(LivyError) {
    let illegal = uri.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F || $0 == "\\" }
    guard !uri.isEmpty, !illegal else {
      throw LivyError(.invalidRequest, "Illegal character or nothing in path: '\(uri)'")
    }
    let (scheme, rest) = Self.scheme(of: uri)
    if let scheme, scheme != "file" { return }
    // Fragment and query are names for Spark, not part of the path.
    var path = rest.prefix { $0 != "#" && $0 != "?" }
    if path.hasPrefix("//") {
      let authority = path.dropFirst(2).prefix { $0 != "/" }
      path = path.dropFirst(2 + authority.count)
    }
    guard path.hasPrefix("/") else {
      throw LivyError(.invalidRequest, "requirement failed: Path '\(uri)' is not absolute.")
    }
    // Only one slash: what Spark reads behind two is a machine's name.
    if scheme == nil, !defaultFileSystem.isLocal, !rest.hasPrefix("//") { return }
    // Both readings must lie inside: Spark decodes a file: URI, and takes a bare path as it is.
    let readings = [String(path), PercentEncoding.decoded(path)]
    guard readings.allSatisfy({ $0.map { lies(Self.normalised($0)) } ?? false }) else {
      throw LivyError(
        .invalidRequest,
        "requirement failed: Local path \(path) cannot be added to user sessions.")
    }
  }

  private func lies(_ path: [Substring]) -> Bool {
    folders.contains { path.count > $0.count && path.starts(with: $0) }
  }

  /// RFC 3986: a letter, then letters, digits, `+`, `-`, `.`, then a colon.
  private static func scheme(of uri: Substring) -> (scheme: String?, rest: Substring) {
    guard let colon = uri.firstIndex(of: ":") else { return (nil, uri) }
    let name = uri[..<colon]
    let legal = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    guard let first = name.first, first.isLetter, legal else { return (nil, uri) }
    return (name.lowercased(), uri[uri.index(after: colon)...])
  }

  /// The parts of a path without `.` and `..`; one that climbs above the root stays at the root.
  private static func normalised(_ path: String) -> [Substring] {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }
}
