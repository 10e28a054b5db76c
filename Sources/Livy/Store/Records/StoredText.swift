// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// A text of others that may hold any character. GRDB binds and reads texts as C strings, which end
/// at the first NUL; so such a text goes in as bytes (`CAST(? AS TEXT)`) and comes out as bytes
/// (`CAST(… AS BLOB)`), and is readable in the file all the same.
enum StoredText {
  static func bytes(_ text: String) -> Data { Data(text.utf8) }

  static func bytes(_ text: String?) -> Data? { text.map { Data($0.utf8) } }

  static func read(_ row: Row, _ column: String) throws -> String {
    guard let text = try readOptional(row, column) else {
      throw Unreadable("its \(column) is missing")
    }
    return text
  }

  static func readOptional(_ row: Row, _ column: String) throws -> String? {
    guard let bytes = try row.decode(Data?.self, forColumn: column) else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Unreadable("its \(column) is not UTF-8")
    }
    return text
  }
}

/// JSON as it stands in the file: the same value is always the same text.
enum StoredJSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}

/// SQLite's numbers are signed.
enum StoredNumber {
  static func of(_ number: UInt64, _ name: String) throws -> Int64 {
    guard let number = Int64(exactly: number) else {
      throw Unreadable("its \(name), \(number), is over \(Int64.max)")
    }
    return number
  }

  static func read(_ row: Row, _ column: String) throws -> UInt64 {
    let number: Int64 = try row.decode(forColumn: column)
    guard let number = UInt64(exactly: number) else {
      throw Unreadable("its \(column), \(number), is below 0")
    }
    return number
  }
}

/// What is wrong with a row, in words.
struct Unreadable: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
