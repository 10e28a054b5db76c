// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import LivyServer
internal import Testing

/// When a session ends by itself: plain calls, no clock.
@Suite struct SessionExpiryRulesTests {
  static let hour: Int64 = 3_600_000

  static func rules(
    _ change: (inout ExpirySettings, inout SessionRequest) -> Void = { _, _ in }
  ) -> SessionExpiryRules {
    var settings = ExpirySettings()
    var request = SessionRequest()
    change(&settings, &request)
    return SessionExpiryRules(settings, request)
  }

  @Test("By default a session ends after an hour without use, and never of age or silence")
  func defaults() {
    let activity = SessionActivity(beganAt: 5)
    #expect(
      Self.rules().expiries(of: activity, in: .idle)
        == [SessionExpiry(cause: .idle, atMilliseconds: 5 + Self.hour)])
  }

  @Test("A session's own times stand in place of the server's")
  func ownTimes() {
    let rules = Self.rules { settings, request in
      settings.ageMax = .seconds(8 * 3_600)
      request.idleTimeout = "10m"
      request.ttl = "20s"
      request.heartbeatTimeoutSeconds = 30
    }
    let expected = [
      SessionExpiry(cause: .age, atMilliseconds: 20_000),
      SessionExpiry(cause: .heartbeat, atMilliseconds: 30_000),
      SessionExpiry(cause: .idle, atMilliseconds: 600_000),
    ]
    #expect(rules.expiries(of: SessionActivity(beganAt: 0), in: .idle) == expected)
    #expect(rules.limit(.idle) == .seconds(600))
    #expect(rules.limit(.age) == .seconds(20))
    #expect(rules.limit(.heartbeat) == .seconds(30))
  }

  @Test("They do not count while the server does not look")
  func switchedOff() {
    let rules = Self.rules { settings, request in
      settings.idleMax = nil
      request.idleTimeout = "1s"
      request.ttl = "1s"
    }
    #expect(rules.expiries(of: SessionActivity(beganAt: 0), in: .idle) == [])
  }

  @Test("Each sign moves what it says and nothing else")
  func signs() {
    var activity = SessionActivity(beganAt: 1)
    activity.note(.heartbeat, at: 2)
    #expect(activity.lastHeartbeat == 2 && activity.lastUse == 1)
    activity.note(.use, at: 3)
    #expect(activity.lastHeartbeat == 3 && activity.lastUse == 3)
    activity.note(.work, at: 4)
    #expect(activity.lastHeartbeat == 3 && activity.lastUse == 4)
    #expect(activity.began == 1)
  }

  @Test("A session that is starting is not idle, one that is over has no end to come")
  func states() {
    let rules = Self.rules { settings, request in
      settings.ageMax = .seconds(1)
      request.heartbeatTimeoutSeconds = 2
    }
    let activity = SessionActivity(beganAt: 0)
    for state in SessionState.allCases {
      let causes = rules.expiries(of: activity, in: state).map(\.cause)
      switch state {
      case .idle, .running: #expect(causes == [.age, .heartbeat, .idle])
      case .busy, .notStarted, .starting, .recovering: #expect(causes == [.age, .heartbeat])
      case .shuttingDown, .error, .dead, .killed, .success: #expect(causes == [])
      }
    }
  }

  @Test("A busy session is spared when the settings say so, but not from age and silence")
  func busy() {
    let rules = Self.rules { settings, request in
      settings.busySessions = .spare
      settings.ageMax = .seconds(1)
      request.heartbeatTimeoutSeconds = 2
    }
    let activity = SessionActivity(beganAt: 0)
    #expect(rules.expiries(of: activity, in: .busy).map(\.cause) == [.age, .heartbeat])
    #expect(rules.expiries(of: activity, in: .idle).map(\.cause) == [.age, .heartbeat, .idle])
  }

  @Test("An end is due from its time on, not before, and only for the causes that are asked for")
  func due() {
    let rules = Self.rules { _, request in
      request.idleTimeout = "100"
      request.heartbeatTimeoutSeconds = 1
    }
    let activity = SessionActivity(beganAt: 0)
    #expect(rules.due([.idle, .heartbeat], of: activity, in: .idle, at: 99) == nil)
    #expect(rules.due([.idle, .heartbeat], of: activity, in: .idle, at: 100) == .idle)
    #expect(rules.due([.heartbeat], of: activity, in: .idle, at: 999) == nil)
    #expect(rules.due([.heartbeat], of: activity, in: .idle, at: 1_000) == .heartbeat)
    #expect(rules.due([], of: activity, in: .idle, at: .max) == nil)
  }

  @Test("A time past all times never comes", arguments: ["9223372036854775807", "106751991167d"])
  func overflow(_ time: String) {
    let rules = Self.rules { settings, request in
      settings.ageMax = .seconds(Int64.max)
      request.idleTimeout = time
      request.heartbeatTimeoutSeconds = .max
    }
    let late = SessionActivity(beganAt: .max - 1_000)
    #expect(rules.expiries(of: late, in: .idle) == [])
    #expect(rules.due([.idle, .age], of: SessionActivity(beganAt: 0), in: .idle, at: 9) == nil)
    let early = SessionActivity(beganAt: .min)
    #expect(rules.due([.idle], of: early, in: .idle, at: .min) == nil)
  }

  @Test("Zero and less mean no heartbeat", arguments: [Int32(0), -1, .min])
  func noHeartbeat(_ seconds: Int32) {
    let rules = Self.rules { $1.heartbeatTimeoutSeconds = seconds }
    #expect(rules.silenceMax == nil)
  }
}
