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
    let livy = try server.client()
    let reference = BatchReference(batch)
    let batch = try await livy.batch(reference)
    if json {
      terminal.show(JSONWriter.text(of: batch))
      return
    }
    let log = try await livy.log(ofBatch: reference, size: -1).log
    for line in Self.lines(batch, BatchLog(log)) { terminal.show(SafeText.line(line)) }
  }

  static func lines(_ batch: Batch, _ log: BatchLog) -> [String] {
    var pairs: [(String, String?)] = [
      ("id", String(batch.id)), ("name", batch.name), ("state", batch.state.rawValue),
    ]
    pairs += log.notes.map { ("reason", $0) }
    pairs += [
      ("owner", batch.owner), ("proxy user", batch.proxyUser), ("application", batch.appID),
      ("Spark UI", batch.appInfo.sparkUIURL),
    ]
    pairs += log.output.suffix(logLinesMax).map { ("log", $0) }
    let width = 17
    return pairs.compactMap { title, value in
      value.map { title + String(repeating: " ", count: max(1, width - title.count)) + $0 }
    }
  }
  private static let logLinesMax = 10
}
