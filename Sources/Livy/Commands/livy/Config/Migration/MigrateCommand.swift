// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy
internal import LivyCore

/// `livy migrate`
struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Read the configuration of an Apache Livy, and tell what changes here.",
    discussion: """
      DIR is Livy's folder, or its conf folder. Nothing in it is changed. With --write a conf \
      folder for this server is made: settings that it reads stay as they are or get their new \
      names, all others stay as comments with the reason.

      Exit status: 0 the report was made; 1 DIR cannot be read, or the folder not written; \
      2 wrong usage.
      """)

  @Argument(help: "Folder of an Apache Livy, or its conf folder.")
  var folder: String

  @Option(name: .customLong("write"), help: "Folder to make, which must not be there or be empty.")
  var target: String?

  func run() async throws {
    let terminal = Terminal.current
    do throws(LivyError) {
      let installation = try LivyInstallation(in: folder)
      let migration = Migration(from: installation, in: .current)
      for line in migration.lines { terminal.show(SafeText.line(line)) }
      if let target {
        try MigratedFolder(migration).write(to: target)
        terminal.show("\nwritten: \(target); look at it with livy config check \(target)")
      }
    } catch {
      throw CommandFailure(.failed, "livy migrate: \(error)")
    }
  }
}
