// SPDX-License-Identifier: Apache-2.0

/// Settings that Livy's Java client reads from `livy-client.conf`; a server never does.
enum ClientRows {
  static let rows = SettingRow.ignored(
    "is read by Livy's client, not by a server",
    [
      ("livy.client.http.connection.timeout", "10s"),
      ("livy.client.http.connection.idle.timeout", "10m"),
      ("livy.client.http.connection.socket.timeout", "5m"),
      ("livy.client.http.job.initial-poll-interval", "100ms"),
      ("livy.client.http.job.max-poll-interval", "5s"),
      ("livy.client.http.content.compress.enable", "true"),
      ("livy.client.http.spnego.enable", "false"),
      ("livy.client.http.auth.login.config", nil),
      ("livy.client.http.krb5.debug", "false"),
      ("livy.client.http.krb5.conf", nil),
      ("livy.uri", nil),
    ])
}
