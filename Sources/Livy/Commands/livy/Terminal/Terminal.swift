// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Where a command writes: results to standard output, all else to standard error.
struct Terminal: Sendable {
  /// Somebody looks at standard output.
  var isOutputShown: Bool
  /// Somebody looks at standard error.
  var isErrorShown: Bool
  var columns: Int
  /// `NO_COLOR` (no-color.org) or a dumb terminal switch colours off.
  var hasColours: Bool

  static var current: Terminal {
    let environment = Surroundings.current.environment
    let plain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    return Terminal(
      isOutputShown: isatty(STDOUT_FILENO) == 1, isErrorShown: isatty(STDERR_FILENO) == 1,
      columns: Self.columns(environment), hasColours: !plain && environment["TERM"] != "dumb")
  }

  private static func columns(_ environment: [String: String]) -> Int {
    var size = winsize()
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
        return Int(size.ws_col)
      }
    }
    let said = environment["COLUMNS"].flatMap { Int($0) } ?? 0
    return said > 0 ? said : columnsDefault
  }

  private static let columnsDefault = 100

  /// A result: a line, or more.
  func show(_ text: String) {
    write(text.hasSuffix("\n") ? text : text + "\n")
  }

  /// A piece of a text that goes on.
  func write(_ text: String) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      note("livy: standard output cannot be written: \(error.localizedDescription)")
    }
  }

  /// Before a line that is typed behind it.
  func prompt(_ text: String) {
    put(text)
  }

  /// A word to the person.
  func note(_ text: String) {
    put(text.hasSuffix("\n") ? text : text + "\n")
  }

  /// A line that the next one overwrites. Nothing where nobody looks.
  func progress(_ text: String) {
    guard isErrorShown else { return }
    let line = TextWidth.prefix(of: text, columns: max(columns - 1, 1))
    put("\r\u{1B}[K\(line)")
  }

  /// To a terminal that is gone nothing can be told, nor that it cannot.
  private func put(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  func styled(_ text: String, _ style: Style, shown: Bool) -> String {
    hasColours && shown ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  enum Style: Int {
    case bold = 1
    case faint = 2
    case red = 31
    case green = 32
    case yellow = 33
  }
}
