// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Settings of Livy's that this version does not serve, and that must not be passed over in
/// silence: an operator who asks for a login or for TLS must not get a server without.
enum ForeignSettings {
  private struct Refused {
    var key: String
    var isOn: @Sendable (String) -> Bool
    var lack: String
  }

  private static let refused = [
    Refused(
      key: "livy.server.auth.type", isOn: { !["", "none"].contains($0) },
      lack: "nobody has to log in to this version"),
    Refused(
      key: "livy.server.access-control.enabled", isOn: isTrue,
      lack: "this version does not tell users apart"),
    Refused(
      key: "livy.impersonation.enabled", isOn: isTrue,
      lack: "this version runs all sessions as the server's user"),
    Refused(
      key: "livy.keystore", isOn: { !$0.isEmpty },
      lack: "this version serves REST without TLS; put a proxy with TLS before it"),
    Refused(key: "livy.spark.deploy-mode", isOn: isCluster, lack: clusterLack),
    Refused(key: "livy.spark.deployMode", isOn: isCluster, lack: clusterLack),
  ]

  private static let clusterLack = "this version starts drivers on its own machine only"

  static func check(_ files: [SettingFile]) throws(LivyError) {
    for file in files {
      for setting in refused {
        guard let value = file.values[setting.key]?.lowercased().filter({ $0 != " " }),
          setting.isOn(value)
        else { continue }
        throw LivyError(
          .configuration,
          "\(file.place(of: setting.key)): \(setting.key) is \(value), but \(setting.lack). "
            + "Remove the line if you can do without")
      }
    }
  }

  @Sendable private static func isTrue(_ value: String) -> Bool { value == "true" }

  @Sendable private static func isCluster(_ value: String) -> Bool {
    !["", "client"].contains(value)
  }
}
