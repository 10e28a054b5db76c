// SPDX-License-Identifier: Apache-2.0

/// Names without what other languages leave out or change: those of two things must differ in what
/// is left.
enum NameFolding {
  /// Without capitals and underscores.
  static func field(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" }
  }

  /// `FOO_BAR_A_B` of `FooBar` becomes `AB`, and so do `AB` and `A_b`, but not `ab`, whose parts
  /// are others.
  static func enumValue(_ name: String, of enumeration: String) -> String {
    var result = ""
    for part in withoutPrefix(name, field(enumeration)).split(separator: "_") {
      result += part.prefix(1).uppercased() + part.dropFirst().lowercased()
    }
    return result
  }

  /// The whole name if nothing would be left of it.
  private static func withoutPrefix(_ name: String, _ prefix: String) -> Substring {
    var rest = name[...]
    for letter in prefix {
      rest = rest.drop { $0 == "_" }
      guard let first = rest.popFirst(), first.lowercased() == String(letter) else {
        return name[...]
      }
    }
    rest = rest.drop { $0 == "_" }
    return rest.isEmpty ? name[...] : rest
  }
}
