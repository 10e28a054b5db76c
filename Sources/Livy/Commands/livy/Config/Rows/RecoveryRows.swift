// SPDX-License-Identifier: Apache-2.0

/// What outlives a server, and servers beside each other.
enum RecoveryRows {
  static let rows: [SettingRow] =
    [
      .refused(
        "livy.server.ha.mode", "off", .only(["multi-active"]),
        "one server owns its sessions in this version; start one server only",
        else: .mapped(to: SettingKey.recoveryMode.rawValue))
    ]
    + SettingRow.ignored(
      "the state stands in a file of SQLite in the state folder, LIVY_STATE_DIR",
      [
        ("livy.server.recovery.state-store", nil), ("livy.server.recovery.state-store.url", nil),
      ])
    + SettingRow.ignored(
      "this version does not use ZooKeeper",
      [
        ("livy.server.zookeeper.url", nil), ("livy.server.zk.retry-policy", nil),
        ("livy.server.zk.services", "/livy/zk/services"),
        ("livy.server.recovery.zk-state-store.retry-policy", "5,100"),
        ("livy.server.recovery.zk-state-store.key-prefix", "livy"),
      ])
}
