// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Livy

/// The prompt: keys go to the editor, and what it wants is done.
extension InteractiveShell {
  /// The text that was entered; nil leaves the shell.
  func ask(_ session: OpenSession) async throws -> String? {
    var editor = LineEditor(language, history: history.entries, killed: killed)
    if let incomplete { editor.write(incomplete + "\n") }
    defer { killed = editor.yankable }
    var isRefused = false
    await screen.draw(editor, language)
    while let event = await input.next() {
      switch event {
      case .key(let key, let isTyped):
        let effect = editor.press(key, isTyped: isTyped)
        switch effect {
        case .accept(let text):
          await screen.draw(editor, language)
          await screen.leaveFrame()
          return text
        case .leave:
          await screen.leaveFrame()
          return nil
        case .leaveAtOnce:
          await screen.leaveFrame()
          throw ShellEnd.asked
        case .giveUp:
          await screen.leaveFrame(behind: "^C")
          editor = LineEditor(language, history: history.entries, killed: editor.yankable)
          incomplete = nil
        case .complete: await complete(&editor, in: session)
        case .clearScreen: await screen.clear()
        case .suspend:
          await screen.leaveFrame()
          kill(0, SIGTSTP)
          continue
        case .refuse:
          if !isRefused { await refuse() }
        case .ignore: continue
        case .redraw: break
        }
        isRefused = effect == .refuse
      case .resized: await screen.resized()
      case .resumed: break
      case .told(let text): await screen.say(text, .yellow)
      case .sessionEnded:
        await screen.leaveFrame()
        throw await opening.endReason(of: session)
          ?? CommandFailure(.sessionFailed, "livy: session \(session.id) has ended")
      case .closed: throw ShellEnd.closed
      }
      await screen.draw(editor, language)
    }
    throw CancellationError()
  }

  private func refuse() async {
    await screen.say(
      "a statement here has at most \(ShellLimits.statementBytesMax) bytes, so this was not taken: "
        + "%load FILE runs a larger one", .yellow)
  }

  private func complete(_ editor: inout LineEditor, in session: OpenSession) async {
    let before = editor.text.before
    let isWord = before.hasPrefix("%") && !before.contains(where: \.isWhitespace)
    let found = isWord ? ShellWord.names : await candidates(editor.text, in: session)
    let choice = CompletionChoice(found, before: before)
    if !choice.listed.isEmpty {
      let rows = choice.rows(columns: TerminalOutput.size.columns)
      await screen.say(rows.joined(separator: "\n"))
    }
    if let filled = choice.filled {
      _ = editor.replace(before: choice.replaced, with: filled)
    } else if choice.listed.isEmpty {
      await screen.ring()
    }
  }

  /// None where the server does not answer in time, or at all: then Tab does nothing.
  private func candidates(_ text: EditorText, in session: OpenSession) async -> [String] {
    let livy = opening.livy
    let kind = language.kind
    let code = text.text
    let cursor = text.before.utf16.count
    return await withTaskGroup(of: [String].self) { group in
      group.addTask {
        (try? await livy.complete(code, kind: kind, cursor: cursor, in: session.reference)) ?? []
      }
      group.addTask {
        try? await Task.sleep(for: ShellLimits.completionTimeMax)
        return []
      }
      defer { group.cancelAll() }
      return await group.next() ?? []
    }
  }
}
