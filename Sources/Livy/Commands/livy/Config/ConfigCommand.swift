// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import Livy
internal import LivyCore

/// `livy config`
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Look at settings: those of a file, or all that there are.",
    subcommands: [
      ConfigCheckCommand.self, ConfigListCommand.self, ConfigDocumentCommand.self,
    ])
}

/// `livy config check`
struct ConfigCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Tell what becomes of every entry of a file or a folder of settings.",
    discussion: """
      Classes: honoured is read; mapped is read under another name; ignored and unknown have no \
      effect, and a server warns of them; with refused a server does not start. Values that look \
      like secrets are not shown.

      Exit status: 0 a server would start with these settings; 1 something is refused, or cannot \
      be read; 2 wrong usage.
      """)

  @Argument(help: "livy.conf, another file like it, or a folder; else the server's own folder.")
  var place: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let terminal = Terminal.current
    let inspection: ConfigInspection
    do throws(LivyError) {
      inspection = try ConfigInspection(
        of: place ?? Surroundings.current.confFolder, in: .current)
    } catch {
      throw CommandFailure(.failed, "livy config check: \(error)")
    }
    if json {
      terminal.show(JSONWriter.text(of: inspection))
    } else {
      for line in inspection.lines { terminal.show(line) }
    }
    if inspection.isRefused { throw ExitCode(CommandStatus.failed.rawValue) }
  }
}

/// `livy config list`
struct ConfigListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List all settings that this version knows, with their defaults.")

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let terminal = Terminal.current
    if json {
      terminal.show(JSONWriter.text(of: SettingList()))
      return
    }
    for section in SettingTable.sections {
      terminal.show(
        terminal.styled(section.title, .bold, shown: terminal.isOutputShown) + "\n")
      for row in section.rows {
        let standard = row.standard.map { $0.isEmpty ? "empty" : $0 } ?? "unset"
        terminal.show("  \(row.title) (\(standard))\n      \(row.kind): \(row.explanation)")
      }
      terminal.show("")
    }
  }
}

/// `livy config document`: writes docs/configuration.md.
struct ConfigDocumentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "document", abstract: "Print docs/configuration.md.", shouldDisplay: false)

  func run() async throws {
    FileHandle.standardOutput.write(Data(ConfigDocument.text.utf8))
  }
}
