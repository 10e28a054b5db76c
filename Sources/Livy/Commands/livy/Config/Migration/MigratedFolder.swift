// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore
internal import LivyLaunch

/// A conf folder for this server, made of an Apache Livy's.
struct MigratedFolder {
  private let migration: Migration

  init(_ migration: Migration) {
    self.migration = migration
  }

  /// Throws `.configuration` where something stands there already, or nothing can be written.
  func write(to path: String) throws(LivyError) {
    let files = FileManager.default
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
      guard try files.contentsOfDirectory(atPath: path).isEmpty else {
        throw LivyError(.configuration, "\(path) is not empty; name a folder that is, or none")
      }
      for (name, text) in texts {
        try Data(text.utf8).write(to: URL(filePath: path).appending(path: name))
      }
      let source = migration.installation.confFolder
      for name in [ConfFolder.blacklistName, LivyInstallation.environmentName]
      where migration.installation.files.contains(name) {
        try files.copyItem(atPath: "\(source)/\(name)", toPath: "\(path)/\(name)")
      }
    } catch let error as LivyError {
      throw error
    } catch {
      throw LivyError(.configuration, "\(path) cannot be written", cause: error)
    }
  }

  /// The files of settings, by name.
  var texts: [(name: String, text: String)] {
    migration.installation.settings.map { file in
      let entries = migration.inspection.entries.filter { $0.file == file.name }
      let name = URL(filePath: file.name).lastPathComponent
      return (name, Self.text(of: entries))
    }
  }

  static func text(of entries: [SettingEntry]) -> String {
    let proper = Set(entries.filter { $0.verdict.class == .honoured }.map(\.name))
    return entries.map { entry in
      let target: String
      switch entry.verdict.class {
      case .honoured:
        target = entry.name
      case .mapped:
        guard case .mapped(let other)? = SettingTable.row(of: entry.name)?.fate,
          !proper.contains(other)
        else { return comment(entry, "another line has its new name") }
        target = other
      case .ignored, .refused, .unknown:
        return comment(entry, "\(entry.verdict.class.rawValue): \(entry.verdict.effect)")
      }
      return JavaProperties([target: entry.value]).text
    }.joined()
  }

  private static func comment(_ entry: SettingEntry, _ reason: String) -> String {
    let line = JavaProperties([entry.name: entry.shownValue]).text
    return "# \(SafeText.line(reason))\n# \(line)"
  }
}
