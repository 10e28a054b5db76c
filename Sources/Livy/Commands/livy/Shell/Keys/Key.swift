// SPDX-License-Identifier: Apache-2.0

/// A key as it was pressed, or a text that was pasted.
enum Key: Hashable, Sendable {
  /// Printable characters that came one behind the other.
  case text(String)
  /// What stood between the terminal's marks of a paste; cut where it was too long.
  case paste(String, isCut: Bool)
  case enter
  case tab
  case backspace
  case delete
  case left
  case right
  case up
  case down
  case home
  case end
  /// An arrow with Ctrl or Alt.
  case wordLeft
  case wordRight
  /// With Ctrl: a small letter, or one of `@ \ ] ^ _`.
  case control(Character)
  /// With Alt, or behind Escape.
  case alt(Character)
  case altEnter
  case altBackspace
}
