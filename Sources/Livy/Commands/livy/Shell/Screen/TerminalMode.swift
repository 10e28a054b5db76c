// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// How the terminal hands keys over: as they are pressed while the shell has it, and as it was found
/// whenever it has not: at the end, while it is stopped, and when a signal ends it.
final class TerminalMode: Sendable {
  private enum State {
    case found
    case raw
    /// The program ends: it stays as it was found.
    case over
  }

  private let descriptor: Int32
  private let found: termios
  private let state = Mutex(State.found)

  /// Ask for marks around what is pasted, and for none any more with colours and cursor as usual.
  private static let pasteMarks = "\u{1B}[?2004h"
  private static let usual = "\u{1B}[?2004l\u{1B}[?25h\u{1B}[0m"

  /// Nil where the descriptor is no terminal.
  init?(descriptor: Int32 = STDIN_FILENO) {
    var found = termios()
    guard tcgetattr(descriptor, &found) == 0 else { return nil }
    self.descriptor = descriptor
    self.found = found
  }

  /// The terminal's keys are for this program, and not for the one that started it.
  var isForeground: Bool { tcgetpgrp(descriptor) == getpgrp() }

  /// Nothing in the background: whoever has the terminal then has it in his mode.
  func enter() {
    state.withLock { state in
      if case .over = state { return }
      guard isForeground else { return }
      var raw = found
      // Keys at once, not shown, and none of them a signal; a line end goes to the first column.
      raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
      raw.c_iflag &= ~tcflag_t(ICRNL | INLCR | IGNCR | IXON | ISTRIP)
      raw.c_oflag |= tcflag_t(OPOST | ONLCR)
      set(raw)
      Self.write(Self.pasteMarks)
      state = .raw
    }
  }

  func restore() { restore(.found) }

  /// For good: nothing enters it again.
  func restoreForGood() { restore(.over) }

  private func restore(_ next: State) {
    state.withLock { state in
      defer { if case .over = state {} else { state = next } }
      guard case .raw = state else { return }
      set(found)
      Self.write(Self.usual)
    }
  }

  /// Stops the program until somebody goes on with it, and then has the terminal again.
  func stop() {
    restore()
    // Cannot be caught, so it works from within the handling of the signal that asks for it; and is
    // for this thread, so that it goes no further before the process stands still.
    raise(SIGSTOP)
    enter()
  }

  private func set(_ mode: termios) {
    var mode = mode
    // At once: a terminal that takes no output would hold up the end of the program.
    while tcsetattr(descriptor, TCSANOW, &mode) != 0, errno == EINTR {}
  }

  private static func write(_ text: String) {
    TerminalOutput.write(text)
  }
}

/// Standard output as a terminal.
enum TerminalOutput {
  /// The whole text. A terminal that is gone takes nothing, and its end is told where keys are read.
  static func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count < 0, errno == EAGAIN {
        var wanted = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = poll(&wanted, 1, waitMilliseconds)
      } else if count < 0, errno == EINTR {
        continue
      } else {
        return
      }
    }
  }

  private static let waitMilliseconds: Int32 = 1_000

  /// As it is now: it changes while the shell runs.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), max(Int(size.ws_row), 1))
  }
}
