// SPDX-License-Identifier: Apache-2.0

/// The sessions that one server keeps: bounded as a whole and for each peer, with an age limit.
/// Pure: time comes in.
///
///     keep ──> kept ──take──> (gone: a session is used once)
///               └──too old, too many, forget──> (gone)
struct SessionBook {
  private let sessionsMax: Int
  private let perPeerMax: Int
  /// Seconds.
  private let ageMax: Int64
  private var sessions: [SessionName: ResumableSession] = [:]
  /// By the digest of the peer's key, the oldest first.
  private var namesByKey: [String: [SessionName]] = [:]
  /// The oldest first. Holds names that are gone too, at most as many as there may be sessions.
  private var queue: ArraySlice<SessionName> = []

  init(limits: TransportLimits) {
    sessionsMax = limits.resumableSessionsMax
    perPeerMax = limits.resumableSessionsPerPeerMax
    ageMax = limits.resumptionAgeMax.components.seconds
  }

  var count: Int { sessions.count }

  mutating func keep(_ session: ResumableSession, now: Int64) {
    guard sessionsMax > 0, perPeerMax > 0, sessions[session.name] == nil else { return }
    let key = session.peer.publicKeyDigest
    while let names = namesByKey[key], names.count >= perPeerMax, let oldest = names.first {
      remove(oldest)
    }
    while sessions.count >= sessionsMax, let oldest = queue.popFirst() { remove(oldest) }
    sessions[session.name] = session
    namesByKey[key, default: []].append(session.name)
    queue.append(session.name)
    dropOld(now: now)
  }

  /// Hands out a session and forgets it.
  mutating func take(_ name: SessionName, now: Int64) -> ResumableSession? {
    guard let session = remove(name), isYoung(session, now) else { return nil }
    return session
  }

  /// Forgets the sessions of these peers. Returns how many there were.
  @discardableResult
  mutating func forget(_ peers: PeerSelector) -> Int {
    let gone: [SessionName] =
      switch peers {
      case .publicKey(let digest): namesByKey[digest] ?? []
      case .uri, .all: sessions.values.filter { peers.covers($0.peer) }.map(\.name)
      }
    for name in gone { remove(name) }
    if sessions.isEmpty { queue = [] }
    return gone.count
  }

  /// One that seems to come from the future, since a clock was set back, counts as old.
  private func isYoung(_ session: ResumableSession, _ now: Int64) -> Bool {
    let (age, overflow) = now.subtractingReportingOverflow(session.made)
    return !overflow && (0...ageMax).contains(age)
  }

  private mutating func dropOld(now: Int64) {
    while let oldest = queue.first {
      if let session = sessions[oldest], isYoung(session, now) { break }
      queue.removeFirst()
      remove(oldest)
    }
    if queue.count > 2 * sessionsMax { queue = queue.filter { sessions[$0] != nil }[...] }
  }

  @discardableResult
  private mutating func remove(_ name: SessionName) -> ResumableSession? {
    guard let session = sessions.removeValue(forKey: name) else { return nil }
    let key = session.peer.publicKeyDigest
    if let names = namesByKey[key] {
      let rest = names.filter { $0 != name }
      namesByKey[key] = rest.isEmpty ? nil : rest
    }
    return session
  }

  /// What must hold after every step; the tests call it.
  var isConsistent: Bool {
    let named = namesByKey.values.reduce(0) { $0 + $1.count }
    return sessions.count <= sessionsMax && named == sessions.count
      && namesByKey.values.allSatisfy { !$0.isEmpty && $0.count <= perPeerMax }
      && queue.count <= 2 * sessionsMax && Set(queue).isSuperset(of: sessions.keys)
  }
}
