// SPDX-License-Identifier: Apache-2.0

/// Clusters and their keepers: this version runs sessions on its own machine and on
/// Spark's standalone clusters.
enum ClusterRows {
  static let rows: [SettingRow] =
    SettingRow.ignored(
      "this version starts nothing on YARN",
      [
        ("livy.server.yarn.app-lookup-timeout", "120s"),
        ("livy.server.yarn.poll-interval", "5s"),
        ("livy.server.yarn.app-leakage.check-timeout", "600s"),
        ("livy.server.yarn.app-leakage.check-interval", "60s"),
      ])
    + SettingRow.ignored(
      "this version gets no Kerberos tickets",
      [
        ("livy.server.launch.kerberos.principal", nil),
        ("livy.server.launch.kerberos.keytab", nil),
        ("livy.server.launch.kerberos.refresh-interval", "1h"),
        ("livy.server.launch.kerberos.kinit-fail-threshold", "5"),
      ])
    + SettingRow.ignored(
      kubernetes,
      [
        ("livy.server.kubernetes.app-lookup-timeout", "600s"),
        ("livy.server.kubernetes.poll-interval", "15s"),
        ("livy.server.kubernetes.app-leakage.check-timeout", "600s"),
        ("livy.server.kubernetes.app-leakage.check-interval", "60s"),
        ("livy.server.kubernetes.allowedNamespaces", nil),
        ("livy.server.kubernetes.defaultNamespace", nil),
        ("livy.server.kubernetes.oauthTokenFile", nil),
        ("livy.server.kubernetes.oauthTokenValue", nil),
        ("livy.server.kubernetes.caCertFile", nil),
        ("livy.server.kubernetes.clientKeyFile", nil),
        ("livy.server.kubernetes.clientCertFile", nil),
      ])
    + [
      .ignored(family: "livy.server.kubernetes.", kubernetes),
      .ignored(family: "livy.server.hdfs.", "this version has no files in HDFS"),
    ]

  private static let kubernetes = "this version starts nothing on Kubernetes"
}
