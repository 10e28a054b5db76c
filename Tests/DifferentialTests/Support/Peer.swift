// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// protobuf's own Python package, in a process that answers one question a line: see
/// `Tests/DifferentialTests/Peer/peer.py`.
final class Peer {
  enum Answer: Equatable {
    case accepted([UInt8])
    case refused(String)

    var bytes: [UInt8]? {
      if case .accepted(let bytes) = self { bytes } else { nil }
    }
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let schemas = root.appending(path: "Tests/Samples/Schemas").path

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let folder: URL
  private var unread: [UInt8] = []

  /// Starts the peer with all sample schemas.
  init() throws {
    let environment = ProcessInfo.processInfo.environment
    guard let python = environment["LIVY_TEST_PROTOBUF"] else {
      throw Failure(description: "LIVY_TEST_PROTOBUF names no Python with protobuf in it")
    }
    folder = FileManager.default.temporaryDirectory.appending(path: "peer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.schemas)
      .filter { $0.hasSuffix(".proto") }.sorted()
    let script = Self.root.appending(path: "Tests/DifferentialTests/Peer/peer.py").path
    process.executableURL = URL(filePath: python)
    process.arguments = ["-B", script, Self.schemas, folder.path] + names
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// A random message of a type, as bytes.
  func make(_ type: String, seed: Int) throws -> [UInt8] {
    let answer = try ask("make \(type) \(seed)")
    guard let bytes = answer.bytes else { throw Failure(description: "\(answer)") }
    return bytes
  }

  /// Bytes, read as a message and written again in the order of the fields.
  func read(_ type: String, _ bytes: [UInt8]) throws -> Answer {
    try ask("read \(type) \(Hex.text(bytes))")
  }

  /// Whether our bytes are theirs. The order of a map's entries is not defined: where the bytes
  /// differ, theirs of what ours say are compared.
  func finds(_ ours: [UInt8], equalTo theirs: [UInt8], as type: String) throws -> Bool {
    if ours == theirs { return true }
    return try ours.count == theirs.count && read(type, ours) == .accepted(theirs)
  }

  /// A message's JSON. `d` in the options prints defaults, `n` the schema's names, `e` numbers of
  /// enums.
  func json(_ type: String, _ bytes: [UInt8], options: String = "") throws -> Answer {
    try ask("print \(type) \(Hex.text(bytes)) \(options)")
  }

  /// JSON, read as a message and written as bytes. `u` in the options ignores what is unknown.
  func parse(_ type: String, _ json: [UInt8], options: String = "") throws -> Answer {
    try ask("parse \(type) \(Hex.text(json)) \(options)")
  }

  /// Whether protoc takes a schema.
  func check(_ schema: String) throws -> Answer {
    try ask("check \(Hex.text(Array(schema.utf8)))")
  }

  private func ask(_ question: String) throws -> Answer {
    try input.fileHandleForWriting.write(contentsOf: Data((question + "\n").utf8))
    let line = String(decoding: try readLine(), as: UTF8.self)
    let words = line.split(separator: " ", maxSplits: 1)
    switch words.first {
    case "ok":
      guard let bytes = Hex.bytes(words.count > 1 ? String(words[1]) : "") else { break }
      return .accepted(bytes)
    case "no": return .refused(words.count > 1 ? String(words[1]) : "")
    default: break
    }
    throw Failure(description: "the peer fails at \(question.prefix(500)): \(line)")
  }

  private func readLine() throws -> [UInt8] {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread.removeSubrange(...end) }
        return Array(unread[..<end])
      }
      let chunk = output.fileHandleForReading.availableData
      guard !chunk.isEmpty else { throw Failure(description: "the peer has ended") }
      unread += chunk
    }
  }
}

enum Hex {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  static func bytes(_ text: String) -> [UInt8]? {
    let letters = Array(text.utf8)
    guard letters.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count / 2)
    for index in stride(from: 0, to: letters.count, by: 2) {
      guard let high = digit(letters[index]), let low = digit(letters[index + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func digit(_ letter: UInt8) -> UInt8? {
    digits.firstIndex(of: letter).map { UInt8($0) }
  }
}
