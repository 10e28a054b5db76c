// SPDX-License-Identifier: Apache-2.0

/// How the REST port speaks HTTP.
enum WebRows {
  static let rows: [SettingRow] = [
    .ignored("livy.ui.history-server-url", nil, "the pages have no link to a history server"),
    .ignored(
      "livy.server.request-header.size", "131072",
      "a request may have 64 KiB of headers, whatever is set"),
    .ignored(
      "livy.server.response-header.size", "131072", "answers have small headers, and no limit"),
    .ignored("livy.server.send-server-version", "false", "the header Server is never sent"),
    .ignored(
      "livy.environment", "production", "there is one way to run, which is that for production"),
    .ignored(
      family: "livy.server.http.header.",
      "this server sends no header of that name, so there is nothing to set"),
  ]
}
