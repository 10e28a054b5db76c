// SPDX-License-Identifier: Apache-2.0

/// How names of a schema are spelled in Swift. Pure: no name depends on another one, but for those
/// that share a scope.
enum SwiftSpelling {
  /// `ui_url` becomes `uiURL`; a word of Swift is put between backticks; a name in `taken` gets
  /// `suffix`.
  static func member(_ name: String, avoiding taken: Set<String>, suffix: String) -> String {
    escaped(lowerCamel(WordSplitter.words(of: name)), avoiding: taken, suffix: suffix)
  }

  static func property(_ name: String) -> String {
    member(name, avoiding: SwiftKeywords.messageMembers, suffix: "Field")
  }

  static func oneofCase(_ name: String) -> String {
    member(name, avoiding: SwiftKeywords.oneofMembers, suffix: "Value")
  }

  static func method(_ name: String) -> String {
    member(name, avoiding: SwiftKeywords.clientMembers, suffix: "Call")
  }

  /// The cases of an enum, in order. `STATE_IDLE` of `State` becomes `idle`, unless that makes two
  /// names one.
  static func enumCases(_ names: [String], of enumeration: String) -> [String] {
    let prefix = WordSplitter.words(of: enumeration).map { $0.lowercased() }
    let short = names.map { name in
      enumCase(withoutStutter(WordSplitter.words(of: name), prefix))
    }
    if Set(short).count == names.count { return short }
    return names.map { enumCase(WordSplitter.words(of: $0)) }
  }

  private static func enumCase(_ words: [String]) -> String {
    escaped(lowerCamel(words), avoiding: SwiftKeywords.enumMembers, suffix: "Value")
  }

  private static func withoutStutter(_ words: [String], _ prefix: [String]) -> [String] {
    guard words.count > prefix.count,
      zip(words, prefix).allSatisfy({ $0.lowercased() == $1 }),
      let first = words[prefix.count].utf8.first, !first.isDigit
    else { return words }
    return Array(words.dropFirst(prefix.count))
  }

  /// `log_line` becomes `LogLine`; a name without underscores keeps its capitals.
  static func type(_ name: String) -> String {
    let words = name.split(separator: "_").map(capitalized)
    return valid(words.joined())
  }

  static func capitalized(_ word: some StringProtocol) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  private static func lowerCamel(_ words: [String]) -> String {
    var name = ""
    for word in words {
      let small = word.lowercased()
      if name.isEmpty {
        name = small
      } else {
        name += SwiftKeywords.acronyms.contains(small) ? small.uppercased() : capitalized(small)
      }
    }
    return valid(name)
  }

  /// A name of underscores alone has no words; one may begin with a digit behind its underscore.
  private static func valid(_ name: String) -> String {
    guard let first = name.utf8.first else { return "underscore" }
    return first.isDigit ? "_" + name : name
  }

  private static func escaped(
    _ name: String, avoiding taken: Set<String>, suffix: String
  ) -> String {
    if taken.contains(name) || SwiftKeywords.never.contains(name) { return name + suffix }
    return SwiftKeywords.escaped.contains(name) ? "`\(name)`" : name
  }

  /// A literal, with its digits in threes if it is long.
  static func number(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    let sign = value < 0 ? "-" : ""
    if digits.utf8.count < 7 { return sign + digits }
    let first = digits.utf8.count % 3
    var groups = first > 0 ? [String(digits.prefix(first))] : []
    var rest = digits.dropFirst(first)
    while !rest.isEmpty {
      groups.append(String(rest.prefix(3)))
      rest = rest.dropFirst(3)
    }
    return sign + groups.joined(separator: "_")
  }

  /// A name without its backticks, for names that are made of it.
  static func bare(_ name: String) -> String { name.filter { $0 != "`" } }
}
