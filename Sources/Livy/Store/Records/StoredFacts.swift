// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// What became known of a session on its way, as it stands in a store: JSON. Every field is
/// optional, so that one can be added without a new version.
struct StoredFacts: Codable {
  static let version = 1

  struct Phase: Codable {
    var phase: String
    var at: Int64
  }

  private var driverKey: String?
  private var channel: String?
  private var driverIP: String?
  private var driverPort: UInt16?
  private var phases: [Phase]?
  private var sparkVersion: String?
  private var sparkUIURL: String?

  init(_ record: SessionRecord) {
    driverKey = record.driverKey?.digest
    channel = record.channel?.rawValue
    driverIP = record.driverAddress?.ip
    driverPort = record.driverAddress?.port
    phases =
      record.phases.isEmpty
      ? nil
      : record.phases.map { Phase(phase: $0.phase.name, at: $0.atMilliseconds) }
    sparkVersion = record.sparkVersion
    sparkUIURL = record.sparkUIURL
  }

  func fill(_ record: inout SessionRecord) throws {
    record.driverKey = driverKey.map { DriverKey(digest: $0) }
    record.channel = try channel.map { name in
      guard let channel = ChannelDirection(rawValue: name) else {
        throw Unreadable("unknown channel '\(name)'")
      }
      return channel
    }
    switch (driverIP, driverPort) {
    case (let ip?, let port?): record.driverAddress = DriverAddress(ip: ip, port: port)
    case (nil, nil): record.driverAddress = nil
    case (_?, nil), (nil, _?): throw Unreadable("half an address of its driver")
    }
    record.phases = try (phases ?? []).map { stored in
      guard let phase = LaunchPhase(name: stored.phase) else {
        throw Unreadable("unknown phase '\(stored.phase)'")
      }
      return PhaseTime(phase: phase, atMilliseconds: stored.at)
    }
    record.sparkVersion = sparkVersion
    record.sparkUIURL = sparkUIURL
  }
}

extension LaunchPhase {
  /// In a file; must not change when a case is renamed.
  fileprivate var name: String {
    switch self {
    case .submitting: "submitting"
    case .accepted: "accepted"
    case .connected: "connected"
    case .ready: "ready"
    }
  }

  fileprivate init?(name: String) {
    guard let phase = LaunchPhase.allCases.first(where: { $0.name == name }) else { return nil }
    self = phase
  }
}
