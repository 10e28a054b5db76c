// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The arrows between modules. SwiftPM refuses an import only when nothing at all leads to the
/// module; these tests compare each file's imports with what its own target declares.
@Suite("Arrows")
struct ArrowTests {
  /// Modules that come with the toolchain.
  static let toolchain: Set<String> = [
    "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc",
    "Synchronization", "Testing",
  ]

  struct Module: Sendable, CustomStringConvertible {
    var name: String
    var path: String
    var dependencies: Set<String>
    var description: String { name }
  }

  /// Read from the manifest's text: `module("Name", "path", uses: [...])`, `command(...)`,
  /// `tests(...)`.
  static let modules: [Module] = {
    guard let manifest = SourceTree.text(of: "Package.swift"),
      let call = try? NSRegularExpression(
        pattern:
          #"(module|command|tests)\(\s*"(\w+)"(?:,\s*"([^"]+)")?(?:,\s*uses:\s*\[([^\]]*)\])?"#)
    else { return [] }
    let text = manifest as NSString
    return call.matches(in: manifest, range: NSRange(location: 0, length: text.length)).map {
      match in
      func group(_ index: Int) -> String {
        let range = match.range(at: index)
        return range.location == NSNotFound ? "" : text.substring(with: range)
      }
      let name = group(2)
      let quoted = group(4).split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
      var dependencies = Set(quoted)
      if group(4).contains("logging") { dependencies.insert("Logging") }
      return Module(
        name: name, path: group(1) == "tests" ? "Tests/\(name)" : group(3),
        dependencies: dependencies)
    }
  }()

  /// The imports at the head of a file: text in string literals further down does not count.
  static func imports(of file: SourceTree.File) -> [(line: Int, words: [Substring])] {
    var found: [(line: Int, words: [Substring])] = []
    for (number, line) in file.lines.enumerated() {
      let words = line.split(separator: " ")
      guard let first = words.first, !first.hasPrefix("//"), !first.hasPrefix("#") else { continue }
      guard words.count <= 4, words.dropLast().last == "import" else { break }
      found.append((number + 1, words))
    }
    return found
  }

  static func module(of words: [Substring]) -> String {
    String(words.last?.split(separator: ".").first ?? "")
  }

  @Test("The manifest is understood")
  func manifest() {
    #expect(Self.modules.count > 20)
    #expect(Self.modules.contains { $0.name == "LivyLink" && $0.dependencies.contains("Wire") })
  }

  @Test("A file imports only what its target declares", arguments: modules)
  func declared(module: Module) {
    let files = SourceTree.swiftFiles.filter { $0.path.hasPrefix(module.path + "/") }
    #expect(!files.isEmpty, "\(module.path) holds no Swift file")
    for file in files {
      for (line, words) in Self.imports(of: file) {
        let name = Self.module(of: words)
        let allowed = module.dependencies.contains(name) || Self.toolchain.contains(name)
        #expect(allowed, "\(file):\(line) imports \(name), which \(module) does not declare")
      }
    }
  }

  @Test("Imports in product code name their access level")
  func accessLevels() {
    for file in SourceTree.productFiles {
      for (line, words) in Self.imports(of: file) {
        #expect(
          words.contains { ["internal", "package", "public", "private"].contains($0) },
          "\(file):\(line): write `internal import`")
      }
    }
  }

  /// A module, and the folders that may import it.
  static let homes: [(module: String, homes: [String])] = [
    ("CUV", ["Sources/Transport/"]),
    ("CZip", ["Sources/Livy/REST/Compression/"]),
    ("WireMessages", ["Sources/Livy/Link/", "Tests/WireTests/", "Tests/fuzz/"]),
    ("Hummingbird", ["Sources/Livy/REST/", "Tests/"]),
    ("GRDB", ["Sources/Livy/Store/", "Tests/StoreTests/"]),
    ("AsyncHTTPClient", ["Sources/Livy/Client/"]),
  ]

  @Test("Each outside library has one home", arguments: homes.indices)
  func home(index: Int) {
    let (module, homes) = Self.homes[index]
    for file in SourceTree.swiftFiles {
      for (line, words) in Self.imports(of: file) where Self.module(of: words) == module {
        let home = homes.contains { file.path.hasPrefix($0) }
        #expect(home, "\(file):\(line): \(module) is imported in \(homes) only")
      }
    }
  }

  @Test("The driver and the floors beneath it do without Foundation")
  func foundation() {
    let folders = [
      "Sources/CUV/", "Sources/Transport/", "Sources/Wire/", "Sources/Livy/Core/",
      "Sources/Livy/Link/", "Sources/Livy/Py4J/", "Sources/Livy/Driver/",
      "Sources/Livy/Commands/livy-driver/",
    ]
    for file in SourceTree.productFiles where folders.contains(where: { file.path.hasPrefix($0) }) {
      for (line, words) in Self.imports(of: file) {
        let name = Self.module(of: words)
        #expect(!name.hasPrefix("Foundation"), "\(file):\(line): the driver travels without it")
      }
    }
  }

  @Test("Only commands read the environment and print")
  func environment() {
    for file in SourceTree.productFiles
    where !file.path.hasPrefix("Sources/Livy/Commands/") && !file.path.hasPrefix("schema/Command/")
    {
      for (number, line) in file.lines.enumerated() {
        let code = line.trimmingCharacters(in: .whitespaces)
        guard !code.hasPrefix("//"), !code.contains("func print(") else { continue }
        for word in ["getenv(", "ProcessInfo.processInfo.environment", " print(", "CommandLine."] {
          let hit = code.contains(word) || (word == " print(" && code.hasPrefix("print("))
          #expect(!hit, "\(file):\(number + 1): \(word) belongs in Commands")
        }
      }
    }
  }
}
