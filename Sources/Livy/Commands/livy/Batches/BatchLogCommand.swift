// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy batch log`
struct BatchLogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Print the newest lines of a batch's log.",
    discussion: CommandStatus.help)

  @Argument(help: "Number or name of the batch.")
  var batch: String

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
    let page = try await server.client().log(ofBatch: BatchReference(batch), size: lines ?? -1)
    if json {
      terminal.show(JSONWriter.text(of: page))
      return
    }
    terminal.show(log: page)
  }
}
