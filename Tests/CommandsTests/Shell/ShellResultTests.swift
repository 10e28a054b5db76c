// SPDX-License-Identifier: Apache-2.0

import Foundation
import Livy
import TestSupport
import Testing

@testable import LivyCommand

@Suite("What the shell shows of a result")
struct ShellResultTests {
  static let filtered: [(piece: String, shown: String)] = [
    ("plain é漢😀\n\ttext", "plain é漢😀\n\ttext"),
    ("\u{1B}[31mred\u{1B}[0m", "\u{1B}[31mred\u{1B}[0m"),
    ("\u{1B}[38;2;1;2;3mx", "\u{1B}[38;2;1;2;3mx"), ("\u{1B}[2J\u{1B}[Hx", "x"),
    ("\u{1B}[?25lx", "x"),
    ("\u{1B}]0;title\u{7}x", "x"), ("\u{1B}]8;;http://a\u{1B}\\x", "x"),
    ("\u{1B}Pq#0\u{1B}\\x", "x"),
    ("\u{1B}_Ga=T;AAAA\u{1B}\\x", "x"), ("\u{1B}]0;endless\nx", "\nx"), ("\u{1B}cx", "x"),
    ("\u{9B}2Jx", "2Jx"), ("a\u{8}\u{7}\u{0}b", "ab"), ("a\r\nb", "a\nb"), ("10%\r20%", "10%\r20%"),
    ("\rx", "x"), ("a\n\rb", "a\nb"), ("\u{1B}\u{1B}[31mx", "\u{1B}[31mx"),
    ("\u{1B}[1\u{1B}[2Jx", "x"),
    ("\u{1B}[" + String(repeating: "1;", count: 50) + "mx", "x"), ("\u{202E}x", "x"),
    ("\u{1B}[>4;1mx", "x"),
    ("\u{1B}(0x", "0x"), ("\u{1B}é", "é"),
  ]

  @Test("Colours pass, and what could drive the terminal does not", arguments: filtered.indices)
  func filter(index: Int) {
    let (piece, shown) = Self.filtered[index]
    var whole = OutputFilter(hasColours: true)
    #expect(whole.pass(piece) == shown)
    // Whatever pieces it comes in.
    var single = OutputFilter(hasColours: true)
    #expect(piece.unicodeScalars.map { single.pass(String($0)) }.joined() == shown)
    var plain = OutputFilter(hasColours: false)
    #expect(!plain.pass(piece).contains("\u{1B}"))
  }

  @Test("No output whatever lets an escape through but a colour")
  func random() throws {
    var generator = SplitMix64(seed: 13)
    let pieces = [
      "\u{1B}", "[", "]", "P", "_", "m", "J", "\\", "\u{7}", "1", ";", ":", "?", " ", "x", "\n",
      "\r", "\u{9B}",
      "\u{9C}", "é", "\u{18}",
    ]
    let colour = /\u{1B}\[[0-9;:]*m/
    for _ in 0..<3_000 {
      var filter = OutputFilter(hasColours: true)
      let shown =
        (0..<25).map { _ in
          filter.pass(pieces.randomElement(using: &generator) ?? "")
        }.joined() + filter.end()
      let rest = shown.replacing(colour, with: "")
      #expect(
        rest.unicodeScalars.allSatisfy { !$0.isControl || "\n\r\t".unicodeScalars.contains($0) })
      #expect(!filter.isLineOpen)
    }
  }

  @Test("Colours end with the output")
  func end() {
    var filter = OutputFilter(hasColours: true)
    _ = filter.pass("\u{1B}[31mred")
    #expect(filter.isLineOpen)
    #expect(filter.end() == "\u{1B}[0m")
    #expect(filter.end() == "")
    #expect(OutputFilter.plain("\u{1B}[1mx\u{1B}[0m\n\n") == "x")
    #expect(OutputFilter.plain("\n") == "")
  }

  private func bundle(_ type: String, _ json: String) throws -> MIMEBundle {
    MIMEBundle(parts: [.init(type: type, content: .json(try JSONText(checking: json)))])
  }

  @Test("Results of SQL and of %table are drawn; numbers stand to the right")
  func tables() throws {
    let sql = try bundle(
      "application/json",
      #"{"schema":{"fields":[{"name":"n","type":"bigint"},{"name":"漢","type":"string"}]},"#
        + #""data":[[12345678901234567890,"é"],[2,null]]}"#)
    let table = try #require(ResultTable(sql))
    #expect(
      TableDrawing(table).lines(width: 80) == [
        "┌──────────────────────┬──────┐", "│                    n │ 漢   │",
        "├──────────────────────┼──────┤", "│ 12345678901234567890 │ é    │",
        "│                    2 │ NULL │", "└──────────────────────┴──────┘", "2 rows",
      ])
    let magic = try bundle(
      ResultTable.mimeType, #"{"headers":[{"name":"a","type":"INT_TYPE"}],"data":[[1],[20]]}"#)
    #expect(
      TableDrawing(try #require(ResultTable(magic))).lines(width: 80) == [
        "┌────┐", "│  a │", "├────┤", "│  1 │", "│ 20 │", "└────┘", "2 rows",
      ])
    for other in [
      "[1]", "{}", #"{"schema":{"fields":[]}}"#, #"{"schema":{"fields":[]},"data":[1]}"#,
    ] {
      #expect(ResultTable(try bundle("application/json", other)) == nil, "\(other)")
    }
    let none = try bundle("application/json", #"{"schema":{"fields":[]},"data":[]}"#)
    #expect(TableDrawing(try #require(ResultTable(none))).lines(width: 80) == [])
  }

  @Test(
    "Any table fits any width, and says what it leaves out",
    arguments: [0, 1, 8, 9, 20, 40, 80, 200])
  func widths(width: Int) {
    var generator = SplitMix64(seed: UInt64(width))
    for columns in [1, 2, 7, 30] {
      let names = (0..<columns).map {
        ResultTable.Column(name: "column\($0)", isNumber: $0 % 2 == 0)
      }
      let rows = (0..<20).map { _ in
        (0..<Int.random(in: 0...(columns + 1), using: &generator)).map { _ in
          String(
            repeating: ["a", "漢", "\u{1B}[2J", "é\n"].randomElement(using: &generator) ?? "",
            count: Int.random(in: 0...60, using: &generator))
        }
      }
      let lines = TableDrawing(ResultTable(columns: names, rows: rows), rowsMax: 5).lines(
        width: width)
      let drawn = lines.prefix { !$0.contains("rows") }
      #expect(drawn.count == 9)
      #expect(Set(drawn.map { TextWidth.of($0) }).count == 1, "\(drawn.joined(separator: "\n"))")
      // One column is drawn in any case.
      #expect(TextWidth.of(drawn.first ?? "") <= max(width, 8))
      #expect(lines.contains("5 of 20 rows"))
      #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy { !$0.isControl } })
      let shown = (drawn.first ?? "").filter { $0 == "┬" }.count + 1
      #expect(
        shown == columns || lines.last?.hasPrefix("\(columns - shown) more columns: ") == true)
    }
  }

  @Test("Images are shown by the protocol of the terminal, else saved")
  func images() {
    func known(_ environment: [String: String]) -> ImageProtocol? {
      ImageProtocol(environment: environment)
    }
    #expect(known(["TERM": "xterm-kitty"]) == .kitty)
    #expect(known(["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"]) == .kitty)
    #expect(known(["TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"]) == .kitty)
    #expect(known(["TERM_PROGRAM": "iTerm.app"]) == .iTerm)
    #expect(known(["TERM_PROGRAM": "WezTerm"]) == .iTerm)
    #expect(known(["TERM": "xterm-256color"]) == nil)
    #expect(known([:]) == nil)
    #expect(known(["TERM": "tmux-256color", "TERM_PROGRAM": "iTerm.app"]) == nil)
    #expect(known(["TERM": "xterm-kitty", "TMUX": "/tmp/x"]) == nil)
    let png = [UInt8](repeating: 7, count: 5_000)
    let text = Data(png).base64EncodedString()
    #expect(
      ImageProtocol.iTerm.sequence(png: png) == "\u{1B}]1337;File=inline=1;size=5000:\(text)\u{7}")
    #expect(
      ImageProtocol.kitty.sequence(png: png)
        == "\u{1B}_Ga=T,f=100,q=2,m=1;\(text.prefix(4_096))\u{1B}\\"
        + "\u{1B}_Gq=2,m=0;\(text.dropFirst(4_096))\u{1B}\\")
    #expect(ImageProtocol.kitty.sequence(png: []) == "")
  }

  @Test("Only a PNG is an image")
  func pngs() {
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]
    let text = Data(png).base64EncodedString()
    #expect(ImageBytes.png(base64: text) == png)
    #expect(ImageBytes.png(base64: text.prefix(4) + "\n" + text.dropFirst(4)) == png)
    #expect(ImageBytes.png(base64: "\u{1B}[2J") == nil)
    #expect(ImageBytes.png(base64: Data("GIF89a".utf8).base64EncodedString()) == nil)
    #expect(ImageBytes.png(base64: "") == nil)
  }

  @Test("Images are saved side by side; a file or link that is there is not touched")
  func folder() throws {
    let path = "/tmp/livy-test-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = ImageFolder(path: path + "/a/b")
    let first = try folder.save([1], session: 3, statement: 7)
    #expect(first == path + "/a/b/session-3-statement-7.png")
    let second = try folder.save([2], session: 3, statement: 7)
    #expect(second == path + "/a/b/session-3-statement-7-2.png")
    #expect(FileManager.default.contents(atPath: first) == Data([1]))
    try FileManager.default.createSymbolicLink(
      atPath: path + "/a/b/session-3-statement-8.png", withDestinationPath: path + "/nowhere")
    #expect(try folder.save([3], session: 3, statement: 8).hasSuffix("-8-2.png"))
    #expect(!FileManager.default.fileExists(atPath: path + "/nowhere"))
    let blocked = ImageFolder(path: first)
    #expect(throws: FileFailure.self) { try blocked.save([1], session: 0, statement: 0) }
  }
}
