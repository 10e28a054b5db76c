// SPDX-License-Identifier: Apache-2.0

/// What to send to a terminal so that it shows the editor's frame, a bar that comes and goes, and
/// output above both. Knows what stands there, sends nothing itself. A line end also goes to the first
/// column: the terminal's driver sees to that (ONLCR).
struct ScreenPainter {
  /// The frame that is drawn; the cursor stands where it says.
  private var frame: EditorFrame?
  private var hasBar = false
  /// The cursor stands in the first column of an empty row: always, but within output that has not
  /// ended its line.
  private(set) var isAtLineStart = true

  private static let escape = "\u{1B}["

  /// Draws a frame in the place of the one before.
  mutating func draw(_ fresh: EditorFrame) -> String {
    var text = toTop()
    for (index, row) in fresh.rows.enumerated() {
      text += (index == 0 ? "" : "\n") + row.text + Self.escape + "K"
    }
    text += Self.escape + "J"
    let below = fresh.rows.count - 1 - fresh.cursorRow
    if below > 0 { text += Self.escape + "\(below)A" }
    text += "\r"
    if fresh.cursorColumn > 0 { text += Self.escape + "\(fresh.cursorColumn)C" }
    frame = fresh
    return text
  }

  /// Leaves the frame as it stands, and goes to the row below.
  mutating func leaveFrame(behind mark: String = "") -> String {
    guard let frame else { return "" }
    self.frame = nil
    let below = frame.rows.count - 1 - frame.cursorRow
    let last = frame.rows.last?.width ?? 0
    return (below > 0 ? Self.escape + "\(below)B" : "") + "\r"
      + (last > 0 ? Self.escape + "\(last)C" : "") + mark + "\n"
  }

  /// Takes the frame away, so that something can be written in its place.
  mutating func takeFrame() -> String {
    guard frame != nil else { return "" }
    let text = toTop() + Self.escape + "J"
    frame = nil
    return text
  }

  /// An empty screen.
  mutating func clear() -> String {
    frame = nil
    return Self.escape + "H" + Self.escape + "2J"
  }

  /// The terminal has another width: what was drawn is broken anew by most terminals, so more rows
  /// may stand above the cursor.
  mutating func resized(columns: Int) {
    guard var now = frame, columns > 0 else { return }
    let rows = now.rows.prefix(now.cursorRow).map { max(1, ($0.width + columns - 1) / columns) }
    now.cursorRow = rows.reduce(0, +) + now.cursorColumn / columns
    frame = now
  }

  /// A line that is no output: above it a line of output ends.
  mutating func line(_ text: String) -> String {
    let before = takeFrame() + takeBar() + endLine()
    isAtLineStart = true
    return before + text + "\n"
  }

  /// - Parameter isLineEnded: the text ends with a line end.
  mutating func output(_ text: String, isLineEnded: Bool) -> String {
    guard !text.isEmpty else { return "" }
    let before = takeBar()
    isAtLineStart = isLineEnded
    return before + text
  }

  /// A bar in the row behind the output; none while a line of output has no end.
  mutating func bar(_ text: String) -> String {
    guard isAtLineStart, frame == nil else { return "" }
    hasBar = true
    return "\r" + text + Self.escape + "K"
  }

  mutating func takeBar() -> String {
    guard hasBar else { return "" }
    hasBar = false
    return "\r" + Self.escape + "K"
  }

  mutating func endLine() -> String {
    guard !isAtLineStart else { return "" }
    isAtLineStart = true
    return "\n"
  }

  private func toTop() -> String {
    guard let frame else { return "" }
    return (frame.cursorRow > 0 ? Self.escape + "\(frame.cursorRow)A" : "") + "\r"
  }
}
