// SPDX-License-Identifier: Apache-2.0

/// What this server makes of one key of the configuration files, or of all keys that begin alike.
struct SettingRow: Sendable {
  enum Name: Sendable {
    case exact(String)
    /// Every key that begins so.
    case family(String)
  }

  enum Fate: Equatable, Sendable {
    /// Read under this name.
    case honoured
    /// Read as if it stood there under another name of the table.
    case mapped(to: String)
    /// Has no effect; why.
    case ignored(String)
  }

  /// Values with which the server does not start: to pass them over would promise what is not there.
  struct Refusal: Sendable {
    enum Values: Sendable {
      case yes
      case anything
      case allBut([String])
      case only([String])
    }

    var values: Values
    /// What is missing, and what to do instead.
    var hint: String

    func meets(_ value: String) -> Bool {
      let bare = value.lowercased().filter { !$0.isWhitespace }
      return switch values {
      case .yes: bare == "true"
      case .anything: !bare.isEmpty
      case .allBut(let harmless): !bare.isEmpty && !harmless.contains(bare)
      case .only(let refused): refused.contains(bare)
      }
    }
  }

  var name: Name
  /// The value without an entry: this server's where the key is honoured, else Livy's.
  var standard: String?
  var fate: Fate
  var refusal: Refusal?
  /// For people; where it is empty, the fate says all.
  var help = ""

  /// As the documentation spells it.
  var title: String {
    switch name {
    case .exact(let name): name
    case .family(let start): start + "*"
    }
  }

  static func honoured(_ key: SettingKey) -> SettingRow {
    SettingRow(
      name: .exact(key.rawValue), standard: key.standard, fate: .honoured, help: key.help)
  }

  static func refused(
    _ name: String, _ standard: String?, _ values: Refusal.Values, _ hint: String,
    else fate: Fate = .honoured
  ) -> SettingRow {
    SettingRow(
      name: .exact(name), standard: standard, fate: fate,
      refusal: Refusal(values: values, hint: hint))
  }

  static func mapped(_ name: String, to other: String) -> SettingRow {
    SettingRow(name: .exact(name), fate: .mapped(to: other))
  }

  static func ignored(_ name: String, _ standard: String?, _ reason: String) -> SettingRow {
    SettingRow(name: .exact(name), standard: standard, fate: .ignored(reason))
  }

  /// Several keys, with Livy's defaults, that have no effect for one reason.
  static func ignored(_ reason: String, _ keys: [(String, String?)]) -> [SettingRow] {
    keys.map { ignored($0.0, $0.1, reason) }
  }

  static func ignored(family start: String, _ reason: String) -> SettingRow {
    SettingRow(name: .family(start), fate: .ignored(reason))
  }
}

/// Rows that belong together, for people.
struct SettingSection: Sendable {
  var title: String
  var rows: [SettingRow]
}
