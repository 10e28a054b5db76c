// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The part of the style that a machine can check. Each message says what to write instead.
@Suite("Style")
struct StyleTests {
  @Test("Every file carries the licence line")
  func licence() {
    for file in SourceTree.swiftFiles {
      let head = file.lines.prefix(2).contains {
        $0.contains("SPDX-License-Identifier: Apache-2.0")
      }
      #expect(head, "\(file): start it with // SPDX-License-Identifier: Apache-2.0")
    }
  }

  @Test("A file is one screenful of idea: none over 500 lines, and the median under 150")
  func fileLength() {
    let lengths = SourceTree.handWritten.map(\.lines.count).sorted()
    for file in SourceTree.handWritten {
      #expect(file.lines.count <= 500, "\(file) has \(file.lines.count) lines: split it by topic")
    }
    let median = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
    #expect(median < 150)
  }

  @Test("A line has at most 120 columns, and code 100 by the formatter")
  func lineLength() {
    for file in SourceTree.handWritten {
      for (number, line) in file.lines.enumerated() where line.count > 120 {
        let quoted = line.contains("\"\"\"") || line.contains("\"")
        #expect(quoted, "\(file):\(number + 1) has \(line.count) columns: break it")
      }
    }
  }

  @Test("A folder holds at most 15 Swift files")
  func folderSize() {
    let folders = Dictionary(grouping: SourceTree.productFiles) { file in
      file.path.split(separator: "/").dropLast().joined(separator: "/")
    }
    for (folder, files) in folders {
      #expect(files.count <= 15, "\(folder) has \(files.count) files: give them rooms")
    }
  }

  /// What is never written in product code, and what to write in its place.
  static let banned: [(pattern: String, advice: String)] = [
    (#"\btry!"#, "throw a typed error"),
    (#"\bas! "#, "use as? and an error"),
    (#"\bfatalError\("#, "throw; a peer, a user or Spark may never end the process"),
    (#"\b(TODO|FIXME|XXX|HACK)\b"#, "do it, or open an issue"),
    (
      #"(class|struct|enum|actor|protocol) \w*(Manager|Helper|Utils?|Impl|Wrapper)\b"#,
      "name it by what it does"
    ),
    (#"\bTask\.detached\b"#, "give the task an owner that cancels it"),
  ]

  @Test("Banned words do not occur", arguments: banned.indices)
  func bannedWords(index: Int) throws {
    let (pattern, advice) = Self.banned[index]
    let expression = try NSRegularExpression(pattern: pattern)
    for file in SourceTree.productFiles {
      for (number, line) in file.lines.enumerated() {
        let text = String(line)
        guard !text.trimmingCharacters(in: .whitespaces).hasPrefix("//") else { continue }
        let range = NSRange(text.startIndex..., in: text)
        let hit = expression.firstMatch(in: text, range: range) != nil
        #expect(!hit, "\(file):\(number + 1): \(advice): \(text)")
      }
    }
  }

  @Test("Unsafe Sendable claims stand in Transport and Wire's codec alone, each with its proof")
  func uncheckedSendable() {
    for file in SourceTree.productFiles {
      for (number, line) in file.lines.enumerated() {
        let code = line.split(separator: "//", maxSplits: 1).first ?? ""
        let claims = ["@unchecked Sendable", "nonisolated(unsafe)", "unsafeBitCast"]
        guard claims.contains(where: { code.contains($0) }) else { continue }
        let home =
          file.path.hasPrefix("Sources/Transport/")
          || file.path.hasPrefix("Sources/Wire/Runtime/Codec/")
        #expect(home, "\(file):\(number + 1): only Transport and Wire's codec may claim this")
        let nearby = file.lines[max(0, number - 12)...number].joined(separator: "\n").lowercased()
        #expect(nearby.contains("proof"), "\(file):\(number + 1): say the proof above it")
      }
    }
  }
}
