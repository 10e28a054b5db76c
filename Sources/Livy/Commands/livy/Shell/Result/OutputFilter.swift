// SPDX-License-Identifier: Apache-2.0

/// Lets through of what a statement prints what cannot drive the terminal: text, line ends, tabs, a
/// return to the line's beginning, and colours. Every other control character and escape sequence
/// goes, whatever pieces it comes in.
///
///     text -- ESC --> escape -- [ --> sequence -- final byte --> text
///                     escape -- ] P X ^ _ --> hidden -- BEL, ESC \, a line end --> text
struct OutputFilter {
  private enum State {
    case text
    case escape
    /// What stands behind `ESC [`; nil where it can be no colour.
    case sequence(String?)
    /// Words for the terminal: a title, a link, an image.
    case hidden(isEscaped: Bool)
  }

  private static let colourCharactersMax = 32

  private let hasColours: Bool
  private var state = State.text
  private var isColoured = false
  private var hasReturn = false
  /// The last line that was let through has no end.
  private(set) var isLineOpen = false

  init(hasColours: Bool) {
    self.hasColours = hasColours
  }

  /// A whole text without colours and blanks at its end.
  static func plain(_ text: String) -> String {
    var filter = OutputFilter(hasColours: false)
    let lines = filter.pass(text).replacing("\r", with: "")
    return String(
      lines.prefix(
        upTo: lines.lastIndex { !$0.isNewline }.map(lines.index(after:)) ?? lines.startIndex))
  }

  mutating func pass(_ piece: String) -> String {
    var passed = String.UnicodeScalarView()
    for scalar in piece.unicodeScalars { take(scalar, &passed) }
    return String(passed)
  }

  /// What is to be written at the end, so that nothing of the output colours what follows.
  mutating func end() -> String {
    defer { self = OutputFilter(hasColours: hasColours) }
    return isColoured ? "\u{1B}[0m" : ""
  }

  private mutating func take(
    _ scalar: Unicode.Scalar, _ passed: inout String.UnicodeScalarView
  ) {
    switch state {
    case .text: takeText(scalar, &passed)
    case .escape: takeEscaped(scalar, &passed)
    case .sequence(let text): takeSequence(scalar, behind: text, &passed)
    case .hidden(let isEscaped): takeHidden(scalar, isEscaped: isEscaped, &passed)
    }
  }

  private mutating func takeText(
    _ scalar: Unicode.Scalar, _ passed: inout String.UnicodeScalarView
  ) {
    switch scalar {
    case "\u{1B}": state = .escape
    case "\r": hasReturn = true
    case "\n":
      // A return before a line end is a part of it.
      hasReturn = false
      isLineOpen = false
      passed.append(scalar)
    case "\t": write(scalar, &passed)
    default: if !scalar.isControl { write(scalar, &passed) }
    }
  }

  private mutating func write(
    _ scalar: Unicode.Scalar, _ passed: inout String.UnicodeScalarView
  ) {
    if hasReturn, isLineOpen { passed.append("\r") }
    hasReturn = false
    isLineOpen = true
    passed.append(scalar)
  }

  private mutating func takeEscaped(
    _ scalar: Unicode.Scalar, _ passed: inout String.UnicodeScalarView
  ) {
    state = .text
    switch scalar {
    case "[": state = .sequence("")
    case "]", "P", "X", "^", "_": state = .hidden(isEscaped: false)
    case "\u{1B}": state = .escape
    // A letter is the end of the sequence; a control character begins something else.
    case "\u{20}"..."\u{7E}": break
    default: takeText(scalar, &passed)
    }
  }

  private mutating func takeSequence(
    _ scalar: Unicode.Scalar, behind text: String?, _ passed: inout String.UnicodeScalarView
  ) {
    switch scalar {
    case "0"..."9", ";", ":":
      let fits = text.map { $0.unicodeScalars.count < Self.colourCharactersMax } ?? false
      state = .sequence(fits ? (text ?? "") + String(scalar) : nil)
    case "\u{20}"..."\u{3F}": state = .sequence(nil)
    case "m":
      state = .text
      guard hasColours, let text else { return }
      isColoured = true
      passed.append(contentsOf: "\u{1B}[\(text)m".unicodeScalars)
    case "\u{40}"..."\u{7E}": state = .text
    default:
      state = .text
      takeText(scalar, &passed)
    }
  }

  private mutating func takeHidden(
    _ scalar: Unicode.Scalar, isEscaped: Bool, _ passed: inout String.UnicodeScalarView
  ) {
    switch scalar {
    case "\u{7}", "\u{9C}": state = .text
    case "\\" where isEscaped: state = .text
    case "\u{1B}": state = .hidden(isEscaped: true)
    // One without an end shall not hide what is printed for good.
    case "\n":
      state = .text
      takeText(scalar, &passed)
    default: state = .hidden(isEscaped: false)
    }
  }
}
