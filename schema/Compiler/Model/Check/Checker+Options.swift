// SPDX-License-Identifier: Apache-2.0

/// The options that change something here.
struct CheckedOptions {
  var isDeprecated = false
  var isSecret = false
  var isPacked: Bool?
  var packedRange: SourceRange?
  var allowAlias: Bool?
  var allowAliasRange: SourceRange?
  /// What `json_name` says, with the place of the text.
  var jsonName: NameSyntax?
}

/// What an option can stand at.
enum OptionOwner {
  case file
  case message
  case field
  case oneof
  case enumeration
  case enumerationValue
  case service
  case method

  /// Options of protobuf that mean nothing here, but that a schema for other languages has.
  var ignored: Set<String> {
    switch self {
    case .file:
      [
        "java_package", "java_outer_classname", "java_multiple_files",
        "java_generate_equals_and_hash", "java_string_check_utf8", "optimize_for", "go_package",
        "cc_generic_services", "java_generic_services", "py_generic_services", "deprecated",
        "cc_enable_arenas", "objc_class_prefix", "csharp_namespace", "swift_prefix",
        "php_class_prefix", "php_namespace", "php_metadata_namespace", "ruby_package",
      ]
    case .message: ["no_standard_descriptor_accessor"]
    case .field:
      ["ctype", "jstype", "lazy", "unverified_lazy", "retention"]
    case .oneof: []
    case .enumeration: []
    case .enumerationValue: ["debug_redact"]
    case .service: []
    case .method: ["idempotency_level"]
    }
  }
}

extension Checker {
  @discardableResult
  mutating func checkOptions(_ options: [OptionSyntax], of owner: OptionOwner) -> CheckedOptions {
    var checked = CheckedOptions()
    var seen: [String: SourceRange] = [:]
    for option in options {
      let name = option.name
      if let earlier = seen[name.text] {
        diagnostics.error(
          name.range, "option `\(name.text)` is set twice", help: "remove one of the two",
          notes: [Diagnostic.Note(range: earlier, message: "first set here")])
        continue
      }
      seen[name.text] = name.range
      switch (name.text, owner) {
      case ("deprecated", .message), ("deprecated", .field), ("deprecated", .enumeration),
        ("deprecated", .enumerationValue), ("deprecated", .service), ("deprecated", .method):
        checked.isDeprecated = flag(option) ?? false
      case ("debug_redact", .field): checked.isSecret = flag(option) ?? false
      case ("packed", .field):
        checked.isPacked = flag(option)
        checked.packedRange = name.range
      case ("allow_alias", .enumeration):
        checked.allowAlias = flag(option)
        checked.allowAliasRange = name.range
      case ("json_name", .field):
        checked.jsonName = jsonName(option)
      case ("message_set_wire_format", .message), ("map_entry", .message):
        diagnostics.error(
          name.range, "option `\(name.text)` is not supported",
          help: name.text == "map_entry"
            ? "declare a field of type `map<key, value>`"
            : "remove it; message sets belong to proto2")
      case ("default", .field):
        diagnostics.error(
          name.range, "default values are not supported: they belong to proto2",
          help: "remove it; a field that is not set is 0, false or empty")
      default:
        if owner.ignored.contains(name.text) { continue }
        diagnostics.warning(
          name.range, "option `\(name.text)` is not known here and changes nothing",
          help: "remove it, unless other compilers need it")
      }
    }
    return checked
  }

  private mutating func jsonName(_ option: OptionSyntax) -> NameSyntax? {
    guard case .string(let text) = option.value else {
      diagnostics.error(
        option.valueRange, "a name in JSON must be a string", help: "write it between quotes")
      return nil
    }
    // Protobuf keeps names between brackets for extensions.
    if text.contains("\0") || (text.hasPrefix("[") && text.hasSuffix("]")) {
      diagnostics.error(
        option.valueRange, "a name in JSON has no zero byte and does not stand between brackets",
        help: "choose another name")
      return nil
    }
    return NameSyntax(text: text, range: option.valueRange)
  }

  private mutating func flag(_ option: OptionSyntax) -> Bool? {
    if option.value == .name("true") { return true }
    if option.value == .name("false") { return false }
    diagnostics.error(
      option.valueRange, "`\(option.name.text)` is true or false", help: "write `true`")
    return nil
  }
}
