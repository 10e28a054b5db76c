// SPDX-License-Identifier: Apache-2.0

internal import Livy

/// Shows what a statement came to: what of its text is not shown yet, its table, its images, its
/// error.
struct ResultPrinter: Sendable {
  let screen: ShellScreen
  var rowsMax = ShellLimits.tableRowsDefault
  var folder = ImageFolder(path: "livy-images")
  /// Nil saves every image.
  var imageProtocol: ImageProtocol?

  func show(_ statement: Statement, of session: OpenSession, behind live: LiveOutput) async {
    switch statement.output {
    case .ok(_, let bundle)?: await show(bundle, of: statement, in: session, behind: live)
    case .error(_, let error)?:
      await screen.endOutput()
      // A cancelled statement's error is the cancel.
      guard statement.state != .cancelled else { break }
      await screen.say(ResultText.text(error), .red)
    case nil: break
    }
    await screen.endOutput()
    if statement.state == .cancelled {
      await screen.say("statement \(statement.id) was cancelled", .yellow)
    }
  }

  private func show(
    _ bundle: MIMEBundle, of statement: Statement, in session: OpenSession,
    behind live: LiveOutput
  ) async {
    let table = ResultTable(bundle)
    if let text = bundle.plainText {
      let rest = live.rest(of: text)
      await screen.output(rest.isEmpty || rest.hasSuffix("\n") ? rest : rest + "\n")
    }
    await screen.endOutput()
    if let table {
      let lines = TableDrawing(table, rowsMax: rowsMax).lines(width: TerminalOutput.size.columns)
      if !lines.isEmpty { await screen.say(lines.joined(separator: "\n")) }
    }
    for part in bundle.parts {
      if part.type == "image/png" {
        await show(image: part.content, of: statement, in: session)
      } else if bundle.plainText == nil, table == nil {
        await screen.say(Self.words(for: part))
      }
    }
  }

  private static func words(for part: MIMEBundle.Part) -> String {
    switch part.content {
    case .json(let document): document.text
    case .text(let text): "[\(part.type), \(text.utf8.count) characters]"
    }
  }

  private func show(
    image: MIMEBundle.Content, of statement: Statement, in session: OpenSession
  ) async {
    guard case .text(let text) = image, let png = ImageBytes.png(base64: text) else {
      return await screen.say("an image that is no PNG was left out", .yellow)
    }
    if let imageProtocol, png.count <= ShellLimits.imageShownBytesMax {
      return await screen.show(sequence: imageProtocol.sequence(png: png))
    }
    do {
      let file = try folder.save(png, session: session.id, statement: statement.id)
      await screen.say("image saved: \(file)")
    } catch {
      await screen.say("the image was not saved: \(error.text)", .yellow)
    }
  }
}
