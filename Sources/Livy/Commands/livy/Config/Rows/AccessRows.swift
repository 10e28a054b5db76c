// SPDX-License-Identifier: Apache-2.0

/// Who may come in, and as whom: an operator who asks for a login or for TLS must not get a server
/// without.
enum AccessRows {
  static let rows: [SettingRow] =
    [
      .refused(
        "livy.server.auth.type", nil, .allBut(["none"]), "nobody has to log in to this version"),
      .refused(
        "livy.server.access-control.enabled", "false", .yes,
        "this version does not tell users apart"),
      .refused(
        "livy.impersonation.enabled", "false", .yes,
        "this version runs all sessions as the server's user"),
      .refused(
        "livy.rsc.proxy-user", nil, .anything,
        "this version runs all sessions as the server's user"),
      .refused(
        "livy.keystore", nil, .anything,
        "this version serves REST without TLS; put a proxy with TLS before it"),
    ]
    + SettingRow.ignored(
      "belongs to a keystore, of which there is none",
      [
        ("livy.keystore.password", nil), ("livy.key-password", nil),
        ("livy.hadoop.security.credential.provider.path", nil),
      ])
    + SettingRow.ignored(
      "belongs to access control or impersonation, which this version has not",
      [
        ("livy.superusers", nil), ("livy.server.access-control.allowed-users", "*"),
        ("livy.server.access-control.modify-users", nil),
        ("livy.server.access-control.view-users", nil),
        ("livy.server.access_control.users", nil),
      ])
    + SettingRow.ignored(
      login,
      [
        ("livy.server.auth.kerberos.principal", nil), ("livy.server.auth.kerberos.keytab", nil),
        ("livy.server.auth.kerberos.name-rules", "DEFAULT"), ("livy.server.auth.ldap.url", nil),
        ("livy.server.auth.ldap.base-dn", nil), ("livy.server.auth.ldap.username-domain", nil),
        ("livy.server.auth.ldap.enable-start-tls", "false"),
        ("livy.server.auth.ldap.security-authentication", "simple"),
      ])
    + [.ignored(family: "livy.server.auth.", login)]

  private static let login = "belongs to a login, which this version has not"
}
