// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LivyCommand

@Suite("The history of the shell")
struct HistoryTests {
  private func withFile(_ body: (HistoryFile) throws -> Void) rethrows {
    let folder = "/tmp/livy-test-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(HistoryFile(path: folder + "/livy/history"))
  }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  @Test("Entries come back as they were, line ends, backslashes and all")
  func roundTrip() throws {
    let entries = ["x = 1", "for i in x:\n    print('\\n\\\\')", "é漢😀", "\\", "a\\nb"]
    try withFile { file in
      #expect(try file.read() == [])
      for entry in entries { try file.append(entry) }
      #expect(try file.read() == entries)
      #expect(try mode(file.path) == 0o600)
      #expect(try mode(URL(filePath: file.path).deletingLastPathComponent().path) == 0o700)
    }
  }

  @Test("The newest entries are kept, within the bounds of number and size")
  func bounds() throws {
    try withFile { file in
      _ = try file.read()
      let lines = (0..<2_500).map { "x = \($0)\n" }.joined()
      try Data(lines.utf8).write(to: URL(filePath: file.path))
      let entries = try file.read()
      #expect(entries.count == ShellLimits.historyEntriesMax)
      #expect(entries.last == "x = 2499")
      let kept = try #require(FileManager.default.contents(atPath: file.path))
      #expect(kept.count { $0 == UInt8(ascii: "\n") } == ShellLimits.historyEntriesMax)
      let wide = (0..<60).map { String(repeating: "y", count: 60_000) + "\($0)\n" }.joined()
      try Data(wide.utf8).write(to: URL(filePath: file.path))
      _ = try file.read()
      let size = try #require(FileManager.default.contents(atPath: file.path)).count
      #expect(size > 0 && size <= ShellLimits.historyBytesMax)
      #expect(try file.read().last?.hasSuffix("59") == true)
      #expect(try mode(file.path) == 0o600)
    }
  }

  @Test("A file that others can read is closed to them; what is no plain file is not touched")
  func hostile() throws {
    try withFile { file in
      _ = try file.read()
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
      try file.append("secret")
      #expect(try mode(file.path) == 0o600)
      try FileManager.default.removeItem(atPath: file.path)
      try FileManager.default.createSymbolicLink(
        atPath: file.path, withDestinationPath: "/etc/passwd")
      #expect(throws: FileFailure.self) { try file.read() }
      #expect(throws: FileFailure.self) { try file.append("x") }
      try FileManager.default.removeItem(atPath: file.path)
      #expect(mkfifo(file.path, 0o600) == 0)
      #expect(throws: FileFailure.self) { try file.read() }
    }
    #expect(throws: FileFailure.self) { try HistoryFile(path: "/proc/nowhere/history").read() }
  }

  @Test("Bytes that are no text, and control characters, do no harm")
  func garbage() throws {
    try withFile { file in
      _ = try file.read()
      let bytes = Data([
        0xFF, 0xFE, 0x0A, 0x1B, 0x5B, 0x32, 0x4A, 0x0A, 0x5C, 0x0A, 0x00, 0x0A, 0x61,
      ])
      try bytes.write(to: URL(filePath: file.path))
      let entries = try file.read()
      #expect(entries.last == "a")
      #expect(entries.allSatisfy { $0.unicodeScalars.allSatisfy { !$0.isControl } })
    }
  }

  @Test("What begins with a blank, is repeated, empty or too long is not kept")
  func kept() {
    var history = ShellHistory(["one"])
    let long = String(repeating: "x", count: ShellLimits.historyEntryBytesMax + 1)
    let added = ["one", "", " secret", "\tx", long, "two", "one"].filter { history.add($0) }
    #expect(added == ["two", "one"])
    #expect(history.entries == ["one", "two", "one"])
    for number in 0..<2_000 { _ = history.add("\(number)") }
    #expect(history.entries.count == ShellLimits.historyEntriesMax)
  }
}
