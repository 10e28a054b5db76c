// SPDX-License-Identifier: Apache-2.0

public import WireJSON
public import WireWellKnown

/// One string with all paths, `user.displayName,photo`; in the message they are `user.display_name`
/// and `photo`.
extension FieldMask: JSONMessage {
  /// The full name.
  public static var jsonTypeName: String { "google.protobuf.FieldMask" }
  /// It stands in an `Any` as the member `value`.
  public static var hasJSONFields: Bool { false }

  /// Writes the paths. One that would not be read as the same path again cannot be written.
  public func encodeJSON(into writer: inout JSONWriter) {
    var spelled: [String] = []
    for path in paths {
      guard let path = Self.camelCase(path) else { return writer.fail(.unwritable) }
      spelled.append(path)
    }
    writer.string(spelled.joined(separator: ","))
  }

  /// Reads the paths.
  public mutating func mergeJSON(from reader: inout JSONReader) throws(JSONError) {
    let text = try reader.string()
    if text.isEmpty { return }
    // By bytes: a comma and a mark that combines with it are one character.
    let comma = UInt8(ascii: ",")
    for path in text.utf8.split(separator: comma, omittingEmptySubsequences: false) {
      guard !path.isEmpty, let path = Self.snakeCase(path) else {
        throw reader.failure(.invalidForm)
      }
      paths.append(path)
    }
  }

  private static func camelCase(_ path: String) -> String? {
    guard !path.isEmpty, !path.utf8.contains(UInt8(ascii: ",")) else { return nil }
    var spelled: [UInt8] = []
    var isRaised = false
    for byte in path.utf8 {
      let isSmall = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
      let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      guard !isCapital, isSmall || !isRaised else { return nil }
      if byte == UInt8(ascii: "_") {
        isRaised = true
        continue
      }
      spelled.append(isRaised ? byte - 32 : byte)
      isRaised = false
    }
    return isRaised ? nil : String(decoding: spelled, as: UTF8.self)
  }

  private static func snakeCase(_ path: Substring.UTF8View) -> String? {
    var spelled: [UInt8] = []
    for byte in path {
      if byte == UInt8(ascii: "_") { return nil }
      let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      if isCapital { spelled.append(UInt8(ascii: "_")) }
      spelled.append(isCapital ? byte + 32 : byte)
    }
    return String(decoding: spelled, as: UTF8.self)
  }
}
