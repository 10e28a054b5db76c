// SPDX-License-Identifier: Apache-2.0

/// What the gateway answers: one line for each command, here without its line feed.
package enum Reply: Equatable, Sendable {
  case value(Py4JValue)
  /// Java threw; the reference is the throwable.
  case exception(JavaReference)
  /// The gateway itself failed, in its own words.
  case failure(String)
}

extension Reply {
  /// Throws `.protocolError` for a line that is not Py4J's.
  package init(line: [UInt8]) throws(Py4JError) {
    guard line.count >= 2, line[0] == UInt8(ascii: "!") else {
      throw Self.unreadable(line)
    }
    let content = line.dropFirst(2)
    switch line[1] {
    case UInt8(ascii: "y"):
      self = .value(try Self.value(content, of: line))
    case UInt8(ascii: "x"):
      self = try Self.problem(content, of: line)
    case UInt8(ascii: "z"):
      self = .failure(Py4JText.unescape(content))
    default:
      throw Self.unreadable(line)
    }
  }

  private static func problem(
    _ content: ArraySlice<UInt8>, of line: [UInt8]
  ) throws(Py4JError) -> Reply {
    guard let mark = content.first, mark != UInt8(ascii: "n") else {
      return .failure("the gateway gave no reason")
    }
    switch try value(content, of: line) {
    case .reference(let throwable): return .exception(throwable)
    case .text(let reason): return .failure(reason)
    case .null, .bool, .int, .long, .double, .decimal, .bytes: throw unreadable(line)
    }
  }

  private static func value(
    _ content: ArraySlice<UInt8>, of line: [UInt8]
  ) throws(Py4JError) -> Py4JValue {
    // A bare success, as the answer to the secret.
    guard let mark = content.first else { return .null }
    let rest = content.dropFirst()
    let decoded: Py4JValue? =
      switch mark {
      case UInt8(ascii: "v"), UInt8(ascii: "n"): .null
      case UInt8(ascii: "b"): bool(rest)
      case UInt8(ascii: "i"): Int32(text(rest)).map { .int($0) }
      case UInt8(ascii: "L"): Int64(text(rest)).map { .long($0) }
      case UInt8(ascii: "d"): Double(text(rest)).map { .double($0) }
      case UInt8(ascii: "D"): .decimal(text(rest))
      case UInt8(ascii: "s"): .text(Py4JText.unescape(rest))
      case UInt8(ascii: "j"): Base64.decode(rest).map { .bytes($0) }
      default: reference(mark, rest)
      }
    guard let decoded else { throw unreadable(line) }
    return decoded
  }

  private static func bool(_ content: ArraySlice<UInt8>) -> Py4JValue? {
    switch text(content) {
    case "true", "True": .bool(true)
    case "false", "False": .bool(false)
    default: nil
    }
  }

  private static func reference(_ mark: UInt8, _ content: ArraySlice<UInt8>) -> Py4JValue? {
    guard let shape = JavaReference.Shape(rawValue: mark), !content.isEmpty else { return nil }
    return .reference(JavaReference(id: text(content), shape: shape))
  }

  private static func text(_ content: ArraySlice<UInt8>) -> String {
    String(decoding: content, as: UTF8.self)
  }

  /// The start of a line is enough to see who speaks there.
  private static func unreadable(_ line: [UInt8]) -> Py4JError {
    let start = String(decoding: line.prefix(80), as: UTF8.self)
    return Py4JError(.protocolError, "not a reply of Py4J's: \"\(start)\"")
  }
}
