// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Keys, and what else happens while somebody sits at the terminal, in the order in which it comes.
final class ShellInput: Sendable {
  enum Event: Equatable {
    /// - isTyped: no other key came with it.
    case key(Key, isTyped: Bool)
    /// The terminal has another size.
    case resized
    /// The shell was stopped, and goes on.
    case resumed
    /// A word to the person.
    case told(String)
    case sessionEnded
    /// The terminal is gone.
    case closed
  }

  private struct State {
    var decoder = KeyDecoder()
    var waiting: [Event] = []
  }

  private let source: ByteSource
  private let mode: TerminalMode
  private let state = Mutex(State())

  /// Events that nobody takes, other than keys; more are dropped.
  private static let postedMax = 64

  init(_ source: ByteSource, _ mode: TerminalMode) {
    self.source = source
    self.mode = mode
  }

  func post(_ event: Event) {
    state.withLock { state in
      // Keys are read one portion at a time, and have their own bound.
      guard state.waiting.count < ShellLimits.typedAheadMax + Self.postedMax else { return }
      if state.waiting.last != event { state.waiting.append(event) }
    }
    source.wake()
  }

  /// Keys that were taken out of turn: they come first again.
  func giveBack(_ keys: [Event]) {
    state.withLock { $0.waiting = keys + $0.waiting }
  }

  /// The next event; nil when the task is cancelled.
  func next() async -> Event? {
    while !Task.isCancelled {
      if let event = take() { return event }
      let mode = mode
      switch await source.read(isOurs: { mode.isForeground }) {
      case .bytes(let bytes): add(bytes)
      case .woken: continue
      case .end: return .closed
      }
    }
    return nil
  }

  private func take() -> Event? {
    state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
  }

  private func add(_ bytes: [UInt8]) {
    state.withLock { state in
      let keys = state.decoder.read(bytes)
      state.waiting += keys.map { .key($0, isTyped: keys.count == 1) }
    }
  }
}
