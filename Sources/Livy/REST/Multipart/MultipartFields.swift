// SPDX-License-Identifier: Apache-2.0

/// The parameters of a header such as `form-data; name="file"; filename="a;b.txt"`.
struct MultipartFields {
  private var values: [String: String] = [:]

  init(_ header: String) {
    var rest = Substring(header).drop { $0 != ";" }
    while rest.popFirst() == ";" {
      let name = rest.prefix { $0 != "=" && $0 != ";" }
      rest = rest.dropFirst(name.count)
      guard rest.first == "=" else { continue }
      rest = rest.dropFirst().drop { $0 == " " }
      let value = rest.first == "\"" ? Self.quoted(&rest) : Self.bare(&rest)
      values[Self.trimmed(name).lowercased()] = value
      rest = rest.drop { $0 != ";" }
    }
  }

  subscript(_ name: String) -> String? { values[name] }

  /// `filename*` (RFC 8187, in UTF-8) beats `filename`.
  var fileName: String? {
    if let extended = values["filename*"], extended.lowercased().hasPrefix("utf-8'"),
      let encoded = extended.split(separator: "'", omittingEmptySubsequences: false).last,
      let name = PercentEncoding.decoded(encoded)
    {
      return name
    }
    return values["filename"]
  }

  private static func quoted(_ rest: inout Substring) -> String {
    rest = rest.dropFirst()
    var value = ""
    while let character = rest.popFirst(), character != "\"" {
      // Browsers do not escape the backslashes of a Windows path; only a quote is ever escaped.
      if character == "\\", rest.first == "\"" {
        value.append(rest.removeFirst())
      } else {
        value.append(character)
      }
    }
    return value
  }

  private static func bare(_ rest: inout Substring) -> String {
    let value = rest.prefix { $0 != ";" }
    rest = rest.dropFirst(value.count)
    return trimmed(value)
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}

/// The boundary that a form's `Content-Type` names.
package enum MultipartBoundary {
  /// Nil for another type, and for a boundary that is none: RFC 2046 allows 1 to 70 characters.
  package static func find(in contentType: String) -> String? {
    let type = contentType.prefix { $0 != ";" }.lowercased()
    guard type.filter({ $0 != " " }) == "multipart/form-data",
      let boundary = MultipartFields(contentType)["boundary"],
      (1...70).contains(boundary.utf8.count),
      boundary.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { return nil }
    return boundary
  }
}
