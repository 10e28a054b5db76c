// SPDX-License-Identifier: Apache-2.0

import LivyLaunch
import Testing

@Suite("The tail of a log")
struct LogTailTests {
  @Test(
    "The newest lines come, oldest first",
    arguments: [
      ("", 5, []), ("\n", 5, [""]), ("a", 5, ["a"]), ("a\n", 5, ["a"]),
      ("a\nb\nc\n", 2, ["b", "c"]),
      ("a\nb", 2, ["a", "b"]), ("a\n\nb\n", 3, ["a", "", "b"]), ("a\r\nb\r\n", 5, ["a", "b"]),
      ("a\nb\n", 0, []), ("a\nb\n", -1, []),
    ] as [(String, Int, [String])])
  func lines(text: String, max: Int, lines: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "log")
    #expect(LogTail(path: folder.path("log"), bytesMax: 1_000).lines(max: max) == lines)
  }

  @Test("Only the end of a large file is read")
  func bounded() throws {
    let folder = try TemporaryFolder()
    try folder.write((0..<1_000).map { "line \($0)\n" }.joined(), to: "log")
    let tail = LogTail(path: folder.path("log"), bytesMax: 22)
    #expect(tail.lines(max: 100) == ["997", "line 998", "line 999"])
    #expect(tail.lines(max: 1) == ["line 999"])
  }

  @Test("A file that is not there has no lines")
  func missing() {
    #expect(LogTail(path: "/nonexistent/log", bytesMax: 25).lines(max: 10) == [])
  }
}
