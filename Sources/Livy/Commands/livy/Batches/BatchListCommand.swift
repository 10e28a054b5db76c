// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy batch ls`
struct BatchListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the server's batches.", discussion: CommandStatus.help)

  @Flag(help: "Print the server's JSON.")
  var json = false

  @OptionGroup var server: ServerOptions

  func run() async throws {
    let terminal = Terminal.current
    let livy = try server.client()
    let page = try await all(livy)
    if json {
      terminal.show(JSONWriter.text(of: page))
      return
    }
    guard !page.batches.isEmpty else {
      terminal.note("no batches on \(livy.url)")
      return
    }
    let width = terminal.isOutputShown ? terminal.columns : nil
    for (index, line) in Self.table(page.batches).lines(width: width).enumerated() {
      terminal.show(
        index == 0 ? terminal.styled(line, .bold, shown: terminal.isOutputShown) : line)
    }
  }

  static func table(_ batches: [Batch]) -> TextTable {
    var table = TextTable(["ID", "NAME", "STATE", "OWNER", "APPLICATION"])
    table.rows = batches.map { batch in
      [
        String(batch.id), batch.name ?? "-", batch.state.rawValue, batch.owner ?? "-",
        batch.appID ?? "-",
      ]
    }
    return table
  }

  /// The list may change while it is read: what came twice is shown once.
  private func all(_ livy: LivyClient) async throws -> BatchPage {
    var batches: [Batch] = []
    var total = 0
    repeat {
      let page = try await livy.batches(from: batches.count, size: Self.pageSize)
      total = page.total
      let known = Set(batches.map(\.id))
      let fresh = page.batches.filter { !known.contains($0.id) }
      guard !fresh.isEmpty else { break }
      batches += fresh
    } while batches.count < total
    return BatchPage(from: 0, total: total, batches: batches)
  }

  private static let pageSize = 500
}
