// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// The properties in a file of Hadoop's, such as `core-site.xml`.
///
/// Not all of XML: elements `property` with a `name` and a `value`, comments, CDATA sections and the
/// five entities of XML and characters by number, which is what such files hold
/// (Hadoop's `org.apache.hadoop.conf.Configuration`). Of two properties with one name the later
/// wins. Properties of other files (XInclude) are not seen.
struct HadoopConfiguration {
  private(set) var values: [String: String] = [:]

  init(parsing text: String) {
    let parts = Self.bare(text).components(between: "<property>", and: "</property>")
    for property in parts {
      guard let name = property.components(between: "<name>", and: "</name>").first,
        let value = property.components(between: "<value>", and: "</value>").first
      else { continue }
      values[Self.unescaped(name)] = Self.unescaped(value)
    }
  }

  /// `fs.defaultFS`, or its name of old; this machine's files where neither is set. Throws
  /// `.configuration` for what is no URI, such as a reference to another property.
  func defaultFileSystem() throws(LivyError) -> DefaultFileSystem {
    guard let uri = values["fs.defaultFS"] ?? values["fs.default.name"] else { return .local }
    guard let found = DefaultFileSystem(uri) else {
      throw LivyError(
        .configuration, "fs.defaultFS is \"\(uri)\"; write a URI such as hdfs://namenode:8020")
    }
    return found
  }

  /// Without comments, and with CDATA as common text.
  private static func bare(_ text: String) -> String {
    let text = text.replacing("<!--", until: "-->") { _ in "" }
    return text.replacing("<![CDATA[", until: "]]>") { data in
      data.map { "<&".contains($0) ? ($0 == "<" ? "&lt;" : "&amp;") : String($0) }.joined()
    }
  }

  private static func unescaped(_ text: Substring) -> String {
    let whole = String(text).replacing("&", until: ";") { name in
      switch name {
      case "lt": "<"
      case "gt": ">"
      case "amp": "&"
      case "quot": "\""
      case "apos": "'"
      default: character(name).map { String($0) } ?? "&\(name);"
      }
    }
    return String(whole.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// Of `#65` or `#x41`.
  private static func character(_ name: Substring) -> Unicode.Scalar? {
    let digits = name.dropFirst()
    guard name.first == "#" else { return nil }
    let number = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap { Unicode.Scalar($0) }
  }
}

extension String {
  /// What stands between each pair of marks; an open one at the end is left out.
  fileprivate func components(between open: String, and close: String) -> [Substring] {
    var found: [Substring] = []
    _ = replacing(open, until: close) { part in
      found.append(part)
      return ""
    }
    return found
  }
}

extension StringProtocol where SubSequence == Substring {
  fileprivate func components(between open: String, and close: String) -> [Substring] {
    String(self).components(between: open, and: close)
  }

  /// The text with each `open...close` replaced; one that is not closed stays.
  fileprivate func replacing(
    _ open: String, until close: String, with replacement: (Substring) -> String
  ) -> String {
    var result = ""
    var rest = self[...]
    while let start = rest.firstRange(of: open),
      let end = rest[start.upperBound...].firstRange(of: close)
    {
      result += rest[..<start.lowerBound]
      result += replacement(rest[start.upperBound..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
    return result + rest
  }
}
