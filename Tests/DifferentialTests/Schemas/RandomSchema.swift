// SPDX-License-Identifier: Apache-2.0

internal import TestSupport

/// A schema made from a seed, as a list of words: valid as it is made, and mostly not after a few
/// changes.
struct RandomSchema {
  private(set) var words: [String] = []
  private var random: SplitMix64
  private var nextName = 0
  /// Types that fields can have, by their full names.
  private var messages: [String] = []
  private var enums: [String] = []
  /// Before each name of the outermost level, so that schemas can live in one program.
  private let prefix: String

  private static let scalars = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
    "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
  ]
  private static let keys = scalars.filter { !["double", "float", "bytes"].contains($0) }

  init(seed: Int, prefix: String = "T", messages count: Int = 3) {
    random = SplitMix64(seed: UInt64(seed))
    self.prefix = prefix
    add("syntax = \"proto3\" ;")
    add("package random.\(prefix.lowercased()) ;")
    enumeration(within: [])
    for index in 0..<count { message("\(prefix)\(index)", within: [], depth: 0) }
  }

  /// Lines end behind `;`, `{` and `}`.
  var text: String {
    var text = ""
    var depth = 0
    var startsLine = true
    for word in words {
      if word == "}" { depth = max(0, depth - 1) }
      if startsLine { text += String(repeating: "  ", count: depth) }
      let isEnd = [";", "{", "}"].contains(word)
      text += (startsLine || word == ";" ? "" : " ") + word + (isEnd ? "\n" : "")
      startsLine = isEnd
      if word == "{" { depth += 1 }
    }
    return text
  }

  // MARK: Declarations

  private mutating func add(_ text: String) { words += text.split(separator: " ").map(String.init) }

  private mutating func name(_ kind: String) -> String {
    nextName += 1
    return "\(kind)_\(nextName)"
  }

  private mutating func message(_ name: String, within path: [String], depth: Int) {
    let path = path + [name]
    messages.append("random.\(prefix.lowercased())." + path.joined(separator: "."))
    add("message \(name) {")
    if depth < 2, random.chance(30) { message("Inner", within: path, depth: depth + 1) }
    if random.chance(30) { enumeration(within: path) }
    if random.chance(20) { add("reserved 1000 to 1010 , 1020 ; reserved \"gone\" , \"left\" ;") }
    if random.chance(10) { add("reserved 600000 to max ;") }
    if random.chance(10) { add("option deprecated = true ;") }
    var number = 0
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      if random.chance(15) {
        add("oneof \(self.name("pick")) {")
        for _ in 0..<Int.random(in: 1...4, using: &random) { field(label: "", &number) }
        add("}")
      } else if random.chance(15) {
        let key = Self.keys.randomElement(using: &random) ?? "string"
        add("map < \(key) , \(type()) > \(self.name("map")) = \(next(&number)) ;")
      } else {
        let label = ["", "", "optional", "repeated"].randomElement(using: &random) ?? ""
        field(label: label, &number)
      }
    }
    add("}")
  }

  private mutating func field(label: String, _ number: inout Int) {
    let type = type()
    let isPackable =
      Self.scalars.dropLast(2).contains(type) || enums.contains { "." + $0 == type }
    var options: [String] = []
    if label == "repeated", isPackable, random.chance(30) {
      options.append("packed = \(Bool.random(using: &random))")
    }
    if random.chance(10) { options.append("deprecated = true") }
    if random.chance(10) { options.append("json_name = \"json\(nextName)\"") }
    let suffix = options.isEmpty ? "" : "[ \(options.joined(separator: " , ")) ]"
    add("\(label) \(type) \(name("field")) = \(next(&number)) \(suffix) ;")
  }

  /// Field numbers go up by small and large steps, past those that proto3 keeps.
  private mutating func next(_ number: inout Int) -> Int {
    number += random.chance(85) ? 1 : Int.random(in: 1...200, using: &random)
    return number
  }

  private mutating func type() -> String {
    switch Int.random(in: 0..<10, using: &random) {
    case 0, 1: "." + (messages.randomElement(using: &random) ?? "")
    case 2: "." + (enums.randomElement(using: &random) ?? "")
    default: Self.scalars.randomElement(using: &random) ?? "int32"
    }
  }

  private mutating func enumeration(within path: [String]) {
    let name = "\(prefix)Kind\(nextName)"
    enums.append((["random", prefix.lowercased()] + path + [name]).joined(separator: "."))
    add("enum \(name) {")
    let hasAlias = random.chance(20)
    if hasAlias { add("option allow_alias = true ;") }
    var number = 0
    for index in 0..<Int.random(in: 1...5, using: &random) {
      add("\(prefix.uppercased())_\(self.name("value").uppercased()) = \(number) ;")
      if hasAlias, index == 0 {
        add("\(prefix.uppercased())_\(self.name("same").uppercased()) = 0 ;")
      }
      number =
        index == 2 ? -1 : number + Int.random(in: 1...50, using: &random) + (number < 0 ? 500 : 0)
    }
    add("}")
  }

  // MARK: Changes

  private static let strangers = [
    "0", "1", "19000", "19999", "20000", "536870911", "536870912", "-1", "0x10", "017", "1.5",
    "2147483648", "max", "to", "message", "enum", "oneof", "map", "reserved", "optional",
    "repeated", "required", "string", "int32", "bytes", "double", "group", "extend", "extensions",
    "import", "option", "service", "rpc", "returns", "stream", "syntax", "package", "\"proto3\"",
    "\"proto2\"", "\"gone\"", "''", "{", "}", "[", "]", "(", ")", "<", ">", "=", ";", ",", ".",
    ".random", "T0", "T1", "field_1", "packed", "deprecated", "json_name", "allow_alias", "true",
    "false", "inf", "\"a\" \"b\"", "/*", "*/", "//", "é", "weak", "public", "a.b", "Inner",
  ]

  /// Takes out, doubles, swaps and replaces some words.
  mutating func change() {
    for _ in 0..<Int.random(in: 1...3, using: &random) where !words.isEmpty {
      let place = Int.random(in: words.indices, using: &random)
      let other = Int.random(in: words.indices, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: words.remove(at: place)
      case 1: words.insert(words[place], at: other)
      case 2: words.swapAt(place, other)
      case 3: words[place] = words[other]
      case 4: words.insert(Self.strangers.randomElement(using: &random) ?? "", at: place)
      default: words[place] = Self.strangers.randomElement(using: &random) ?? ""
      }
    }
  }
}
