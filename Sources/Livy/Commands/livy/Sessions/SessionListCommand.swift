// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Livy

/// `livy session ls`
struct SessionListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the server's sessions.", discussion: CommandStatus.help)

  @Flag(help: "Print the server's JSON.")
  var json = false

  @OptionGroup var server: ServerOptions

  func run() async throws {
    let terminal = Terminal.current
    let livy = try server.client()
    let page = try await Self.all(livy)
    if json {
      terminal.show(JSONWriter.text(of: page))
      return
    }
    guard !page.sessions.isEmpty else {
      terminal.note("no sessions on \(livy.url)")
      return
    }
    let width = terminal.isOutputShown ? terminal.columns : nil
    let lines = Self.table(page.sessions).lines(width: width)
    for (index, line) in lines.enumerated() {
      terminal.show(
        index == 0 ? terminal.styled(line, .bold, shown: terminal.isOutputShown) : line)
    }
  }

  static func table(_ sessions: [Session]) -> TextTable {
    var table = TextTable(["ID", "NAME", "STATE", "KIND", "OWNER", "APPLICATION"])
    table.rows = sessions.map { session in
      [
        String(session.id), session.name ?? "-", session.state.rawValue, session.kind,
        session.owner ?? "-", session.appID ?? "-",
      ]
    }
    return table
  }

  /// The list may change while it is read: what came twice is shown once.
  static func all(_ livy: LivyClient) async throws -> SessionPage {
    var sessions: [Session] = []
    var total = 0
    repeat {
      let page = try await livy.sessions(from: sessions.count, size: Self.pageSize)
      total = page.total
      guard !page.sessions.isEmpty else { break }
      let known = Set(sessions.map(\.id))
      let fresh = page.sessions.filter { !known.contains($0.id) }
      guard !fresh.isEmpty else { break }
      sessions += fresh
    } while sessions.count < total
    return SessionPage(from: 0, total: total, sessions: sessions)
  }

  private static let pageSize = 500
}
