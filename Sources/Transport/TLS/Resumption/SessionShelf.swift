// SPDX-License-Identifier: Apache-2.0

/// The sessions that one client keeps: the newest for each server. Pure.
struct SessionShelf<Session> {
  struct Kept {
    var session: Session
    /// The server, as it was proven when the session began.
    var peer: PeerCertificate
    /// Seconds since 1970.
    var made: Int64
  }

  private let targetsMax: Int
  /// Seconds.
  private let ageMax: Int64
  private var kept: [String: Kept] = [:]
  /// The one that was kept longest ago comes first.
  private var order: [String] = []

  init(limits: TransportLimits) {
    targetsMax = limits.resumableTargetsMax
    ageMax = limits.resumptionAgeMax.components.seconds
  }

  var count: Int { kept.count }

  mutating func keep(_ new: Kept, for target: String) {
    guard targetsMax > 0 else { return }
    take(target)
    if kept.count >= targetsMax { take(order[0]) }
    kept[target] = new
    order.append(target)
  }

  /// Hands out a session and forgets it: TLS 1.3's are used once (RFC 8446, C.4).
  mutating func take(_ target: String, now: Int64) -> Kept? {
    guard let found = take(target) else { return nil }
    let (age, overflow) = now.subtractingReportingOverflow(found.made)
    return !overflow && (0...ageMax).contains(age) ? found : nil
  }

  mutating func forget(_ peers: PeerSelector) {
    for (target, one) in kept where peers.covers(one.peer) { take(target) }
  }

  @discardableResult
  private mutating func take(_ target: String) -> Kept? {
    guard let found = kept.removeValue(forKey: target) else { return nil }
    order.removeAll { $0 == target }
    return found
  }
}

extension SessionShelf: Sendable where Session: Sendable {}
extension SessionShelf.Kept: Sendable where Session: Sendable {}
