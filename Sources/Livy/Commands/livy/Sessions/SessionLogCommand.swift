// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy session log`
struct SessionLogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Print the newest lines of a session's log.",
    discussion: CommandStatus.help)

  @Argument(help: "Number or name of the session.")
  var session: String

  @Option(name: [.customShort("n"), .long], help: "How many lines; all that are kept without it.")
  var lines: Int?

  @Flag(help: "Print the server's JSON.")
  var json = false

  @OptionGroup var server: ServerOptions

  func validate() throws {
    if let lines, lines < 0 { throw ValidationError("--lines: write a number from 0 on") }
  }

  func run() async throws {
    let terminal = Terminal.current
    let page = try await server.client().log(of: SessionReference(session), size: lines ?? -1)
    if json {
      terminal.show(JSONWriter.text(of: page))
      return
    }
    terminal.show(log: page)
  }
}

extension Terminal {
  func show(log page: LogPage) {
    for line in page.log {
      // The title of a stream has a line end within it.
      for part in line.split(separator: "\n") {
        show(isOutputShown ? SafeText.line(String(part)) : String(part))
      }
    }
  }
}
