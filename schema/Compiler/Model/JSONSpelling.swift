// SPDX-License-Identifier: Apache-2.0

/// How fields are called in JSON (https://protobuf.dev/programming-guides/json).
enum JSONSpelling {
  /// Without underscores, and with a capital behind each: `ui_url` becomes `uiUrl`.
  static func field(_ name: String) -> String {
    var spelled: [UInt8] = []
    var isRaised = false
    for byte in name.utf8 {
      if byte == UInt8(ascii: "_") {
        isRaised = true
        continue
      }
      let isSmall = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
      spelled.append(isRaised && isSmall ? byte - 32 : byte)
      isRaised = false
    }
    return String(decoding: spelled, as: UTF8.self)
  }

  /// The message that protobuf makes of a map's entries: `ui_ports` has `UiPortsEntry`.
  static func mapEntry(_ name: String) -> String { field("_" + name) + "Entry" }
}
