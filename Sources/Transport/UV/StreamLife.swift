// SPDX-License-Identifier: Apache-2.0

/// How far a stream of the kernel has come. Pure: events go in, the next step comes out.
///
///     open ──finish / peer's end──> finishing ──both goodbyes are said──> ended(nil)
///      └──────────────────────────────┴──(error, cancel, linger timeout)──> ended(error)
///
/// The peer's end makes us finish too: what is queued still leaves, then nobody is left to talk to.
struct StreamLife: Equatable {
  enum Goodbye: Equatable {
    /// Waits behind what is queued.
    case queued
    /// Handed to the kernel.
    case leaving
    case sent
  }

  enum State: Equatable {
    case open
    case finishing(Goodbye, didPeerEnd: Bool)
    case ended(TransportError?)
  }

  enum Step: Equatable {
    case none
    /// Start the linger timer; flush, then report `didFlush`.
    case finish
    /// Hand our goodbye to the kernel, then report `didSendGoodbye`.
    case sendGoodbye
    /// Close the handle; the receiver hears of the end when it is closed.
    case close
  }

  private(set) var state = State.open
  /// False for a pipe that only we write into: nothing will come, so nothing is waited for.
  private let awaitsPeer: Bool

  init(awaitsPeer: Bool = true) {
    self.awaitsPeer = awaitsPeer
  }

  var isOpen: Bool { state == .open }

  var isEnded: Bool {
    if case .ended = state { true } else { false }
  }

  mutating func finish() -> Step {
    switch state {
    case .open:
      state = .finishing(.queued, didPeerEnd: !awaitsPeer)
      return .finish
    case .finishing, .ended:
      return .none
    }
  }

  mutating func didReceiveEnd() -> Step {
    switch state {
    case .open:
      state = .finishing(.queued, didPeerEnd: true)
      return .finish
    case .finishing(.sent, _):
      state = .ended(nil)
      return .close
    case .finishing(let goodbye, _):
      state = .finishing(goodbye, didPeerEnd: true)
      return .none
    case .ended:
      return .none
    }
  }

  /// Nothing is queued any more.
  mutating func didFlush() -> Step {
    switch state {
    case .finishing(.queued, let didPeerEnd):
      state = .finishing(.leaving, didPeerEnd: didPeerEnd)
      return .sendGoodbye
    case .open, .finishing, .ended:
      return .none
    }
  }

  /// `error` is the kernel's answer to our goodbye. After the peer's end it says only that the
  /// peer is gone, which is no news: all that was queued had left before.
  mutating func didSendGoodbye(_ error: TransportError?) -> Step {
    switch state {
    case .finishing(_, didPeerEnd: true):
      state = .ended(nil)
      return .close
    case .finishing(_, didPeerEnd: false):
      if let error { return fail(error) }
      state = .finishing(.sent, didPeerEnd: false)
      return .none
    case .open, .ended:
      return .none
    }
  }

  mutating func fail(_ error: TransportError) -> Step {
    switch state {
    case .open, .finishing:
      state = .ended(error)
      return .close
    case .ended:
      return .none
    }
  }
}
