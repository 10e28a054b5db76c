// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the documents claim about the tree must hold.
@Suite("Documents")
struct DocumentTests {
  @Test(
    "The files at the root are there",
    arguments: [
      "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE",
      "Makefile", ".swift-format", ".editorconfig", ".gitignore", ".ci/run",
    ])
  func rootFile(path: String) {
    #expect(SourceTree.exists(path), "\(path) is missing")
  }

  /// Paths in backticks that look like files of this tree: `Sources/...`, `Tests/...`,
  /// `schema/...`.
  static func paths(in document: String) -> Set<String> {
    let text = SourceTree.text(of: document) ?? ""
    let quoted = text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    let roots = ["Sources/", "Tests/", "schema/", "scripts/", "Benchmarks/", "deploy/", ".ci/"]
    return Set(
      quoted.filter { path in roots.contains { path.hasPrefix($0) } && !path.contains(" ") })
  }

  @Test(
    "Every path that a document names exists",
    arguments: [
      "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md",
    ])
  func namedPaths(document: String) {
    for path in Self.paths(in: document) where !path.contains("*") && !path.contains("<") {
      #expect(SourceTree.exists(path), "\(document) names \(path), which is gone")
    }
  }

  @Test(
    "The architecture's table has a row for each name of the original, and its files exist",
    arguments: [
      "ContextLauncher", "ChildProcess", "RpcServer", "RSCClient", "RSCClientFactory",
      "RSCDriverBootstrapper", "RSCDriver", "ReplDriver", "JobContextImpl", "PingJob",
      "repl/Session", "Interpreter", "InteractiveSession", "BatchSession", "SessionManager",
      "StateStore",
    ])
  func original(name: String) throws {
    let text = try #require(SourceTree.text(of: "ARCHITECTURE.md"))
    let row = text.split(separator: "\n").first { line in
      line.hasPrefix("| `\(name)` |")
    }
    let columns = try #require(row, "no row for \(name)").split(separator: "|")
    let ours = try #require(columns.count > 1 ? columns[1] : nil)
    let paths = ours.split(separator: "`").filter { $0.contains("/") }
    for path in paths {
      #expect(SourceTree.exists(String(path)), "\(name): \(path) is gone")
    }
    #expect(!paths.isEmpty || ours.contains("not yet"), "\(name): name our file, or say `not yet`")
  }

  @Test("The README shows the two commands")
  func readme() throws {
    let text = try #require(SourceTree.text(of: "README.md"))
    #expect(text.contains("make demo"))
    #expect(text.contains("make test"))
  }
}
