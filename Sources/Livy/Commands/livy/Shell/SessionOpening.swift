// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// The session that the shell talks to.
struct OpenSession: Sendable {
  var id: Int
  /// The shell has made it, and ends it.
  var isOurs: Bool
  /// The language of its kind.
  var language: ShellLanguage
  /// It ran a statement of somebody else's when it was found.
  var isBusy: Bool

  var reference: SessionReference { .id(id) }
}

/// How the shell comes to its session, and leaves it.
struct SessionOpening: Sendable {
  let livy: LivyClient
  /// One that is there already; nil for a new one.
  var existing: SessionReference?
  /// For a new one.
  var request = CreateSession(kind: ShellLanguage.python.kind)
  var startTimeMax: Duration = .seconds(600)
  /// A new one stays when the shell is left.
  var isKept = false

  /// Waits until it takes statements, and shows on the way what it waits for. A new session that does
  /// not come so far is ended.
  func open(_ line: ProgressLine?) async throws -> OpenSession {
    if let existing {
      _ = try await livy.session(existing)
      return opened(try await ready(existing, line), isOurs: false)
    }
    // A cancelled POST might leave a session that nobody knows.
    let created = try await Task { try await livy.createSession(request) }.value
    do {
      return opened(try await ready(.id(created.id), line), isOurs: true)
    } catch {
      // The first error tells more than one of the end.
      _ = try? await Task { try await livy.deleteSession(.id(created.id)) }.value
      throw error
    }
  }

  private func opened(_ session: Session, isOurs: Bool) -> OpenSession {
    OpenSession(
      id: session.id, isOurs: isOurs, language: ShellLanguage(word: session.kind) ?? .python,
      isBusy: session.state == .busy)
  }

  private func ready(
    _ reference: SessionReference, _ line: ProgressLine?
  ) async throws -> Session {
    defer { line?.clear() }
    return try await withThrowingTaskGroup(of: Session?.self) { group in
      group.addTask {
        try await livy.waitUntilReady(
          reference, within: startTimeMax, onChange: { line?.show($0) })
      }
      if let line {
        group.addTask {
          await showLog(of: reference, on: line)
          return nil
        }
      }
      defer { group.cancelAll() }
      while let session = try await group.next() {
        if let session { return session }
      }
      throw CancellationError()
    }
  }

  /// The newest line of the log, again and again, until the task is cancelled. A log that cannot be
  /// had is no matter: the wait beside it will tell.
  private func showLog(of reference: SessionReference, on line: ProgressLine) async {
    var shown: Substring?
    while (try? await Task.sleep(for: ShellLimits.logPause)) != nil {
      guard let page = try? await livy.log(of: reference, size: Self.logLines) else { continue }
      let lines = page.log.flatMap { $0.split(separator: "\n") }
      // The titles of the two streams are lines, too.
      let newest = lines.last { !$0.isEmpty && $0 != "stderr: " && $0 != "stdout: " }
      guard let newest, newest != shown, !Task.isCancelled else { continue }
      shown = newest
      line.show(log: String(newest))
    }
  }

  private static let logLines = 10

  /// Whether leaving the shell ends it.
  func ends(_ session: OpenSession) -> Bool { session.isOurs && !isKept }

  /// Also when the task is cancelled.
  func end(_ session: OpenSession) async throws {
    guard ends(session) else { return }
    do {
      try await Task { try await livy.deleteSession(session.reference) }.value
    } catch let error as ClientError where error.isNotFound {
      // Somebody else has ended it.
    }
  }

  /// Why a session takes no more statements; nil where it does, and where the server does not say.
  func endReason(of session: OpenSession) async -> CommandFailure? {
    do {
      let phases = try await livy.phases(of: session.reference)
      guard phases.state.isFinished else { return nil }
      let log = try? await livy.log(of: session.reference).log
      let reason = phases.reason ?? "it is \(phases.state)"
      return CommandFailure(
        ClientError(.sessionFailed, "Session \(session.id) has ended: \(reason)", log: log ?? []))
    } catch let error where error.isNotFound {
      return CommandFailure(
        .sessionFailed, "livy: session \(session.id) is gone: somebody ended it")
    } catch {
      return nil
    }
  }
}
