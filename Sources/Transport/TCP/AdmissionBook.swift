// SPDX-License-Identifier: Apache-2.0

/// Who may come in: the counts of one listener against its limits. Pure.
///
/// With TLS a connection passes through these stages; without, it is `proven` at once:
///
///     silent ──first byte──> waiting ──a slot is free──> shaking ──handshake ended──> proven
///
/// Silent and waiting ones own no memory of OpenSSL and occupy no slot: peers that connect and
/// say nothing cannot keep others out.
struct AdmissionBook {
  enum Verdict: Equatable {
    case admit
    case refuse(TransportError)
  }

  private let limits: TransportLimits
  private(set) var connections = 0
  private(set) var shaking = 0
  private(set) var waiting = 0
  private var unprovenByIP: [String: Int] = [:]

  init(limits: TransportLimits) {
    self.limits = limits
  }

  /// False: leave new connections in the kernel's backlog for now.
  var accepts: Bool { waiting < limits.handshakesMax }

  var hasFreeSlot: Bool { shaking < limits.handshakesMax }

  /// A connection is there. After `admit`, `didClose` must follow once, and for TLS `didLeave`
  /// before.
  mutating func judge(_ address: SocketAddress, isSecured: Bool) -> Verdict {
    guard connections < limits.connectionsMax else {
      let words = "the listener has \(limits.connectionsMax) connections (connectionsMax)"
      return .refuse(TransportError(.limit, words))
    }
    if isSecured {
      let unproven = unprovenByIP[address.ip, default: 0]
      guard unproven < limits.handshakesPerAddressMax else {
        let words = "\(address.ip) has \(unproven) unfinished handshakes (handshakesPerAddressMax)"
        return .refuse(TransportError(.limit, words))
      }
      unprovenByIP[address.ip] = unproven + 1
    }
    connections += 1
    return .admit
  }

  mutating func didQueue() { waiting += 1 }
  mutating func didUnqueue() { waiting -= 1 }
  mutating func didStartHandshake() { shaking += 1 }
  mutating func didEndHandshake() { shaking -= 1 }

  /// The connection is proven, or given up before it was.
  mutating func didLeave(_ address: SocketAddress) {
    guard let unproven = unprovenByIP[address.ip] else { return }
    unprovenByIP[address.ip] = unproven > 1 ? unproven - 1 : nil
  }

  mutating func didClose() { connections -= 1 }
}
