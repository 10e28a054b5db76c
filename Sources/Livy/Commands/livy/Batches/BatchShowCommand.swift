// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy batch show`
struct BatchShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a batch and the end of its log.",
    discussion: CommandStatus.help)

  @Argument(help: "Number or name of the batch.")
  var batch: String

  @Flag(help: "Print the server's JSON.")
  var json = false

  @OptionGroup var server: ServerOptions

  func run() async throws {
    let terminal = Terminal.current
    let batch = try await server.client().batch(BatchReference(batch))
    if json {
      terminal.show(JSONWriter.text(of: batch))
      return
    }
    for line in Self.lines(batch) { terminal.show(SafeText.line(line)) }
  }

  static func lines(_ batch: Batch) -> [String] {
    let log = BatchLog(batch.log)
    var pairs: [(String, String?)] = [
      ("id", String(batch.id)), ("name", batch.name), ("state", batch.state.rawValue),
    ]
    pairs += log.notes.map { ("reason", $0) }
    pairs += [
      ("owner", batch.owner), ("proxy user", batch.proxyUser), ("application", batch.appID),
      ("Spark UI", batch.appInfo.sparkUIURL),
    ]
    pairs += log.output.map { ("log", $0) }
    let width = 17
    return pairs.compactMap { title, value in
      value.map { title + String(repeating: " ", count: max(1, width - title.count)) + $0 }
    }
  }
}
