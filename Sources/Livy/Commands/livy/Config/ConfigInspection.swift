// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Livy
internal import LivyCore

/// What a server would make of a file or a folder of settings.
struct ConfigInspection: Sendable {
  var place: String
  var entries: [SettingEntry]
  /// Conf keys that requests may not set.
  var blacklist: Set<String>
  /// What no single entry is to blame for.
  var troubles: [String] = []

  var isRefused: Bool { !troubles.isEmpty || entries.contains { $0.verdict.class == .refused } }

  /// Throws `.configuration` for a place that is not there, or that cannot be read.
  init(of place: String, in surroundings: Surroundings) throws(LivyError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
      throw LivyError(.configuration, "there is no file or folder \(place)")
    }
    if isFolder.boolValue {
      let folder = ConfFolder(path: place)
      self.init(
        place: place, files: try folder.settings(), blacklist: try folder.blacklist(),
        in: surroundings)
      return
    }
    let url = URL(filePath: place)
    let folder = ConfFolder(path: url.deletingLastPathComponent().path)
    let isBlacklist = url.lastPathComponent == ConfFolder.blacklistName
    self.init(
      place: place,
      files: isBlacklist ? [] : try folder.settings(named: [url.lastPathComponent]),
      blacklist: isBlacklist ? try folder.blacklist() : [], in: surroundings)
  }

  /// Whether Spark is there is asked by `livy doctor`, not here.
  init(
    place: String, files: [SettingFile], blacklist: Set<String>, in surroundings: Surroundings
  ) {
    self.place = place
    self.blacklist = blacklist
    var sources = SettingSources(files: files)
    entries = sources.entries
    var surroundings = surroundings
    surroundings.environment["SPARK_HOME"] = surroundings.sparkHome ?? "/"
    sources.files = files.map { file in
      file.keeping { SettingVerdict(key: $0, value: file.values[$0] ?? "").class != .refused }
    }
    // Each round finds one bad value, and goes on without it.
    while let message = Self.trouble(sources, surroundings) {
      guard let index = blamed(for: message) else {
        troubles.append(message)
        return
      }
      entries[index].verdict = SettingVerdict(.refused, message)
      let bad = entries[index]
      sources.files = sources.files.map { file in
        file.keeping { file.name != bad.file || $0 != bad.name }
      }
    }
  }

  private static func trouble(_ sources: SettingSources, _ surroundings: Surroundings) -> String? {
    do throws(LivyError) {
      _ = try ServerSettings(sources, surroundings: surroundings)
      return nil
    } catch {
      return error.description
    }
  }

  /// The entry whose key, or whose key's proper name, a message begins with.
  private func blamed(for message: String) -> Int? {
    entries.firstIndex { entry in
      guard entry.verdict.class == .honoured || entry.verdict.class == .mapped else { return false }
      var names = [entry.name]
      if case .mapped(let other)? = SettingTable.row(of: entry.name)?.fate { names.append(other) }
      return names.contains { message.hasPrefix($0 + " ") }
    }
  }
}

// MARK: For people and programs

extension ConfigInspection {
  var lines: [String] {
    var lines = table.rows.isEmpty ? ["no settings in \(place)"] : table.lines(width: nil)
    if !blacklist.isEmpty {
      lines.append("requests may not set: " + blacklist.sorted().joined(separator: ", "))
    }
    lines += troubles.map { "refused: \($0)" }
    let refused = entries.count { $0.verdict.class == .refused }
    if refused > 0 { lines.append("\(refused) refused: a server does not start with these") }
    return lines.map(SafeText.line)
  }

  private var table: TextTable {
    var table = TextTable(["PLACE", "KEY", "VALUE", "CLASS", "WHAT HAPPENS"])
    table.rows = entries.map { entry in
      let file = URL(filePath: entry.file).lastPathComponent
      return [
        entry.line.map { "\(file):\($0)" } ?? file, entry.name, entry.shownValue,
        entry.verdict.class.rawValue, entry.verdict.effect,
      ]
    }
    return table
  }
}

extension ConfigInspection: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("place", place)
      writer.field("refused", isRefused)
      writer.field("settings", entries)
      writer.field("blacklist", blacklist.sorted())
      writer.field("troubles", troubles)
    }
  }
}

extension SettingEntry: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("key", name)
      writer.field("value", shownValue)
      writer.field("class", verdict.class.rawValue)
      writer.field("effect", verdict.effect)
      writer.field("file", file)
      writer.field("line", line)
    }
  }
}
