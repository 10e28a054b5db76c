// SPDX-License-Identifier: Apache-2.0

/// How Livy's server and its drivers find and trust each other; ours do it in another way.
enum DriverRows {
  static let rows: [SettingRow] =
    SettingRow.ignored(
      "drivers prove who they are with certificates, in TLS 1.3",
      [
        ("livy.rsc.client.auth.id", nil), ("livy.rsc.client.auth.secret", nil),
        ("livy.rsc.secret.bits", "256"), ("livy.rsc.rpc.sasl.mechanisms", "DIGEST-MD5"),
        ("livy.rsc.rpc.sasl.qop", nil),
      ])
    + SettingRow.ignored(
      "is the server's own business for each session",
      [
        ("livy.rsc.driver-class", nil), ("livy.rsc.session.kind", nil),
        ("livy.rsc.launcher.port", "-1"),
        ("livy.rsc.client.do-not-use.run-driver-in-process", "false"),
      ])
    + SettingRow.ignored(
      "is for Livy's own tests",
      [
        ("livy.rsc.test.do-not-use.stuck-end-session", "false"),
        ("livy.rsc.test.do-not-use.stuck-start-driver", "false"),
      ])
    + [
      .ignored(
        "livy.rsc.client.shutdown-timeout", "10s",
        "sessions get livy.server.stop-timeout to end when the server stops"),
      .ignored(
        "livy.rsc.client.connect.timeout", "10s",
        "livy.rsc.channel.timeout and livy.rsc.ping.timeout bound a start"),
      .ignored(
        "livy.rsc.channel.log.level", nil, "livy server --log-level covers the channels too"),
      .ignored(
        "livy.rsc.rpc.max.size", "52428800", "messages have fixed limits; large ones are parted"),
      .ignored("livy.rsc.rpc.threads", "8", "event loops are as many as there are cores, up to 8"),
      .ignored(
        "livy.rsc.session.interpreter.threadPool.size", "1",
        "a session runs one statement at a time"),
      .ignored(
        "livy.rsc.retained.share-variables", "100",
        "there are no shared variables of the programmatic API"),
    ]
}
