// SPDX-License-Identifier: Apache-2.0

import LivyCore
import Testing
import Transport

@testable import LivyLink

@Suite("Values of the link")
struct ValueTests {
  @Test(
    "A network holds its addresses and no others",
    arguments: [
      ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false),
      ("192.168.4.0/22", "192.168.7.255", true), ("192.168.4.0/22", "192.168.8.0", false),
      ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
      ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("::/0", "::1", true),
      ("fd00::/8", "fdab::1", true), ("fd00::/8", "fe80::1", false), ("::1", "::1", true),
      ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("10.0.0.0/8", "nonsense", false),
    ])
  func network(text: String, ip: String, holds: Bool) throws {
    #expect(try #require(Network(text)).contains(ip) == holds)
  }

  @Test(
    "What is no network is refused",
    arguments: [
      "", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/-1", "a.b.c.d", "1.2.3.4/8/9", ":::", "1::2::3",
      "::/129", "256.1.1.1", "12345::", "1:2:3:4:5:6:7:8:9", "::ffff:1.2.3",
    ])
  func noNetwork(text: String) {
    #expect(Network(text) == nil)
  }

  @Test("Pauses grow by their factor to the longest, with the jitter above")
  func reconnectPauses() {
    var policy = ReconnectPolicy()
    policy.first = .milliseconds(100)
    policy.factor = 3
    policy.longest = .seconds(2)
    policy.jitter = 0.5
    var reconnection = Reconnection(policy)
    for milliseconds in [100, 300, 900, 2_000, 2_000] {
      #expect(reconnection.next(random: 0) == .milliseconds(milliseconds))
    }
    #expect(reconnection.next(random: 1) == .seconds(3))
    #expect(reconnection.next(random: 0.5) == .milliseconds(2_500))
    for _ in 0..<20 {
      let pause = reconnection.next()
      #expect(pause >= .seconds(2) && pause <= .seconds(3))
    }
    #expect(policy.pause(after: .max, random: 0) == .seconds(2))
  }

  @Test("Only a connection that stood for the stable time is forgiven its failures")
  func reconnectAfterStanding() {
    var policy = ReconnectPolicy()
    policy.first = .seconds(1)
    policy.stableTime = .seconds(10)
    var reconnection = Reconnection(policy)
    #expect(reconnection.next(random: 0) == .seconds(1))
    reconnection.stood(for: .seconds(9))
    #expect(reconnection.next(random: 0) == .seconds(2))
    reconnection.stood(for: .seconds(10))
    #expect(reconnection.next(random: 0) == .seconds(1))
  }

  static func certificate(_ uris: [String]) -> PeerCertificate {
    PeerCertificate(uris: uris, usages: [.client], serial: "1", publicKeyDigest: "d", notAfter: 0)
  }

  @Test("A role is read from the one name of a certificate")
  func role() throws {
    let uuid = try #require(SessionUUID(String(repeating: "0a", count: 16)))
    #expect(Role(Self.certificate(["livy:session:\(uuid)"])) == .session(uuid))
    #expect(Role(Self.certificate(["livy:server:east-1"])) == .server(id: "east-1"))
    for role in [Role.session(uuid), .server(id: "a")] {
      #expect(Role(Self.certificate([role.uri])) == role)
    }
  }

  @Test(
    "A certificate that names no role, two, or a malformed one has none",
    arguments: [
      [], ["livy:server:a", "livy:server:b"], ["livy:server:"], ["livy:session:x"],
      ["livy:session:" + String(repeating: "A", count: 32)], ["https://example.org"],
      ["livy:admin:a"],
    ])
  func noRole(uris: [String]) {
    #expect(Role(Self.certificate(uris)) == nil)
  }

  static func ticket() throws -> LaunchTicket {
    var settings = DriverSettings()
    settings.channel = .connectBack
    settings.listenPorts = 10_000...10_110
    settings.listenHost = "10.1.2.3"
    settings.serverLost = .seconds(77)
    settings.sqlRowsMax = 12
    settings.outputBytesMax = 13
    settings.richOutput = true
    settings.progressInterval = .milliseconds(345)
    return LaunchTicket(
      token: Array(repeating: 9, count: 32),
      session: try #require(SessionUUID(String(repeating: "b", count: 32))), attempt: 3,
      serverHosts: ["livy.example", "10.0.0.1"], serverPort: 10_000, authority: "PEM",
      kind: .one(.pyspark), settings: settings)
  }

  @Test("A launch file is read as it was written")
  func launchFile() throws {
    let ticket = try Self.ticket()
    #expect(try LaunchTicket(decoding: ticket.encoded()) == ticket)
  }

  @Test("A launch file that is cut or changed is refused or still a whole ticket, and never traps")
  func damagedLaunchFile() throws {
    let bytes = try Self.ticket().encoded()
    for count in bytes.indices {
      if let ticket = try? LaunchTicket(decoding: Array(bytes.prefix(count))) {
        #expect(ticket.token.count == 32)
      }
    }
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0xFF
      if let ticket = try? LaunchTicket(decoding: changed) { #expect(!ticket.serverHosts.isEmpty) }
    }
    #expect(throws: LivyError.self) { try LaunchTicket(decoding: []) }
  }
}

@Suite("Gate")
struct GateTests {
  @Test("Everybody who waits gets the value, and so does who comes later")
  func value() async throws {
    let gate = Gate<Int>()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<50 {
        group.addTask { try await gate.value(within: .seconds(60), else: "late") }
      }
      group.addTask {
        gate.open(.success(7))
        return 7
      }
      for try await value in group { #expect(value == 7) }
    }
    gate.open(.success(8))
    #expect(try await gate.value(within: .seconds(60), else: "late") == 7)
  }

  @Test("A wait ends with its time, and says what was waited for")
  func timeout() async {
    let gate = Gate<Int>()
    await #expect {
      try await gate.value(within: .milliseconds(1), else: "the driver did not call")
    } throws: { error in
      (error as? LivyError)?.code == .timedOut
        && (error as? LivyError)?.message == "the driver did not call"
    }
  }

  @Test("A cancelled wait ends, and leaves the gate as it was")
  func cancelled() async throws {
    let gate = Gate<Int>()
    let task = Task { try await gate.value(within: .seconds(600), else: "late") }
    task.cancel()
    await #expect(throws: LivyError.self) { try await task.value }
    gate.open(.success(1))
    #expect(try await gate.value(within: .seconds(60), else: "late") == 1)
  }
}
