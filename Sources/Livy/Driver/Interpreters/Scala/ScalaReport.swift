// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyPy4J

/// What a statement has shown so far: what its code printed, and what the REPL says of its values;
/// or what a magic shows in their place.
struct ScalaReport {
  private let limits: ScalaLimits
  /// What was printed, with what was said.
  private var text = ""
  /// What was printed, alone.
  private var printed = ""
  private var magic: OutputPart?
  private var isCut = false

  init(limits: ScalaLimits) {
    self.limits = limits
  }

  /// What may still be added.
  var room: Int { max(0, limits.outputUnitsMax - text.utf16.count) }

  mutating func add(printed shown: ScalaREPL.Shown) {
    printed += shown.text
    text += shown.text
    if shown.isCut { isCut = true }
  }

  /// Values that come behind a magic are shown in its place.
  mutating func add(said shown: ScalaREPL.Shown) {
    if !shown.text.isEmpty { magic = nil }
    text += shown.text
    if shown.isCut { isCut = true }
  }

  /// The last magic is shown, and what was printed; values are not.
  mutating func add(_ part: OutputPart) {
    magic = part
    text = printed
  }

  var output: StatementOutput {
    let note = "\n... [output cut by Livy after \(limits.outputUnitsMax) characters]\n"
    let plain = OutputPart.plain(isCut ? text + note : text)
    guard let magic else { return .success([plain]) }
    return .success(text.isEmpty && !isCut ? [magic] : [magic, plain])
  }
}

extension StatementFailure {
  static let incompleteScala = StatementFailure(name: "Error", value: "incomplete statement")

  /// Livy's form: the line that names the error, and all others behind it. What the failing piece
  /// of code had printed comes before the frames. The compiler of Scala 2.13 shows and points at the
  /// place before it speaks, and both may warn first.
  init(scala said: String, printed: String) {
    var lines = said.split(separator: "\n", omittingEmptySubsequences: true).map { String($0) }
    let headline =
      Self.pointedError(in: lines)
      ?? lines.firstIndex { line in
        let words = line.drop { $0 == " " }
        return !words.isEmpty && words != "^" && !words.hasPrefix("warning: ")
      }
    let value = headline.map { lines.remove(at: $0) } ?? "the Scala interpreter gave no reason"
    let before = printed.split(separator: "\n", omittingEmptySubsequences: true).map { String($0) }
    self.init(
      name: "Error", value: String(value.drop { $0 == " " }),
      traceback: (before + lines).map { $0 + "\n" })
  }

  /// The first error that stands behind a mark that points at its place: of 2.13's compiler, which
  /// names the line where the code has several.
  private static func pointedError(in lines: [String]) -> Int? {
    lines.indices.dropFirst().first { index in
      let words = lines[index].drop { $0 == " " }
      let isError =
        words.hasPrefix("error: ") || (words.hasPrefix("On line ") && words.contains(": error: "))
      return isError && lines[index - 1].drop { $0 == " " } == "^"
    }
  }

  /// The REPL itself threw: no memory, no stack, or its thread was stopped.
  init(scala error: Py4JError) {
    let name = error.exception.map { "\($0.className): " } ?? ""
    let frames = error.exception?.frames ?? []
    self.init(
      name: "Error", value: name + error.message, traceback: frames.map { "  at \($0)\n" })
  }
}
