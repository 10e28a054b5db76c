// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore

/// What stands in the conf folder of an Apache Livy.
struct LivyInstallation: Sendable {
  /// An assignment in `livy-env.sh`.
  struct Variable: Equatable, Sendable {
    var name: String
    var value: String
    /// From 1.
    var line: Int
  }

  var confFolder: String
  var settings: [SettingFile]
  var blacklist: Set<String>
  var variables: [Variable]
  /// Lines of `livy-env.sh` that are no plain assignments.
  var scriptLines: [Int]
  /// All files of the folder but templates.
  var files: [String]

  static let environmentName = "livy-env.sh"

  /// Throws `.configuration` where no Livy's configuration stands.
  init(in path: String) throws(LivyError) {
    let inner = path + "/conf"
    confFolder = FileManager.default.fileExists(atPath: inner) ? inner : path
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: confFolder)
        .filter { !$0.hasSuffix(".template") && !$0.hasPrefix(".") }.sorted()
    } catch {
      throw LivyError(.configuration, "\(confFolder) cannot be read", cause: error)
    }
    let known = ["livy.conf", "livy-client.conf", Self.environmentName, ConfFolder.blacklistName]
    guard files.contains(where: known.contains) else {
      throw LivyError(
        .configuration,
        "\(confFolder) has none of \(known.joined(separator: ", ")); name the folder of an Apache Livy"
      )
    }
    let folder = ConfFolder(path: confFolder)
    settings = try folder.settings()
    blacklist = try folder.blacklist()
    (variables, scriptLines) = Self.variables(of: try folder.text(of: Self.environmentName) ?? "")
  }

  /// Reads plain lines of a shell script; does not run it.
  static func variables(of script: String) -> ([Variable], others: [Int]) {
    var variables: [Variable] = []
    var others: [Int] = []
    let lines = script.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, text) in lines.enumerated() {
      var line = text.trimmingCharacters(in: .whitespaces)
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      if line.hasPrefix("export ") {
        line = line.dropFirst("export ".count).trimmingCharacters(in: .whitespaces)
      }
      let halves = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, isName(halves[0]) else {
        others.append(index + 1)
        continue
      }
      let value = halves[1].trimmingCharacters(in: CharacterSet(charactersIn: "\"' \t"))
      variables.append(Variable(name: String(halves[0]), value: value, line: index + 1))
    }
    return (variables, others)
  }

  private static func isName(_ text: Substring) -> Bool {
    let isFirst = text.first.map { $0.isLetter || $0 == "_" } ?? false
    return isFirst && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }
}
