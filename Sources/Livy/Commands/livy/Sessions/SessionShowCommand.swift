// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Foundation
internal import Livy

/// `livy session show`
struct SessionShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a session, its start, its conf, and when it ends by itself.",
    discussion: CommandStatus.help)

  @Argument(help: "Number or name of the session.")
  var session: String

  @Flag(help: "Print the server's JSON.")
  var json = false

  @OptionGroup var server: ServerOptions

  func run() async throws {
    let terminal = Terminal.current
    let livy = try server.client()
    let reference = SessionReference(session)
    let session = try await livy.session(reference)
    if json {
      terminal.show(JSONWriter.text(of: session))
      return
    }
    let phases = try await livy.phases(of: reference)
    let now = Int64(Date.now.timeIntervalSince1970 * 1_000)
    for line in Self.lines(session, phases, now: now) { terminal.show(SafeText.block(line)) }
  }

  /// - Parameter now: milliseconds since 1970.
  static func lines(_ session: Session, _ phases: SessionPhases, now: Int64) -> [String] {
    var pairs: [(String, String?)] = [
      ("id", String(session.id)), ("name", session.name), ("state", session.state.rawValue),
      ("reason", phases.reason), ("kind", session.kind), ("owner", session.owner),
      ("proxy user", session.proxyUser), ("application", session.appID),
      ("Spark UI", session.appInfo.sparkUIURL), ("queue", session.queue),
      ("driver memory", session.driverMemory),
      ("driver cores", session.driverCores == 0 ? nil : String(session.driverCores)),
      ("executor memory", session.executorMemory),
      ("executor cores", session.executorCores == 0 ? nil : String(session.executorCores)),
      ("executors", session.numExecutors == 0 ? nil : String(session.numExecutors)),
    ]
    for (title, files) in [
      ("jars", session.jars), ("Python files", session.pyFiles), ("files", session.files),
      ("archives", session.archives),
    ] {
      pairs += files.map { (title, $0) }
    }
    for (key, value) in session.conf.sorted(by: { $0.key < $1.key }) {
      pairs.append(("conf", "\(key)=\(value)"))
    }
    for phase in phases.phases {
      let seconds = ProgressLine.seconds(milliseconds: phase.at - phases.created)
      pairs.append(("start", "\(seconds) s  \(phase.name)"))
    }
    if let held = phases.held {
      pairs.append(
        ("held", "by statement \(held): cancelled, but its code goes on; nothing else runs"))
    }
    for expiry in phases.expiries {
      pairs.append(("ends", ExpiryText.words(expiry, now: now)))
    }
    let width = 17
    return pairs.compactMap { title, value in
      value.map { title + String(repeating: " ", count: max(1, width - title.count)) + $0 }
    }
  }
}
