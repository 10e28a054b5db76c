// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivyCore
import LivyLaunch
import TestSupport
import Testing
import Transport

/// Keys and values that a properties file has to survive.
private let odd: [String: String] = [
  "spark.plain": "value",
  "spark.empty": "",
  "spark.leading": "  two blanks",
  "spark.trailing": "tail  ",
  "spark.tab": "\ta\tb",
  "spark.lines": "a\nb\r\nc\rd\n",
  "spark.backslash": "C:\\dir\\new\\",
  "spark.equals": "=a=b:c",
  "spark.comment": "#no comment!",
  "spark.unicode": "é ☃ 😀 \u{1}\u{7f}\u{85}\u{2028}",
  "spark.like.escape": "\\u0041 \\n",
  "spark.quotes": "-Da=\"b c\" 'd'",
  " odd key=:#!\\é": "x",
]

@Suite("Java properties")
struct JavaPropertiesTests {
  @Test("What is written is read again as it was")
  func roundTrip() throws {
    #expect(try JavaProperties(parsing: JavaProperties(odd).text).values == odd)
  }

  @Test(
    "Values are escaped as Java expects them",
    arguments: [
      ("a b", "k=a b\n"), (" a", "k=\\ a\n"), ("  a", "k=\\ \\ a\n"), ("\n", "k=\\n\n"),
      ("a\\b", "k=a\\\\b\n"), ("=:#!", "k=\\=\\:\\#\\!\n"), ("é😀", "k=\\u00e9\\ud83d\\ude00\n"),
      ("\u{c}\u{0}", "k=\\f\\u0000\n"),
    ])
  func escapes(value: String, text: String) {
    #expect(JavaProperties(["k": value]).text == text)
  }

  @Test(
    "A file is read by Java's rules",
    arguments: [
      ("a=b", ["a": "b"]), ("a:b", ["a": "b"]), ("a b", ["a": "b"]),
      ("a \t = \t b c ", ["a": "b c "]),
      ("spark.master   spark://h:7077", ["spark.master": "spark://h:7077"]),
      ("# c\n ! c\n\n  a = 1\r\nb=2\rc=3", ["a": "1", "b": "2", "c": "3"]),
      ("a=1,\\\n   2,\\\r\n   3", ["a": "1,2,3"]), ("a=1\\\n\nb=2", ["a": "1", "b": "2"]),
      ("a=x\\\\\nb=2", ["a": "x\\", "b": "2"]), ("a=1\\\n#2", ["a": "1#2"]),
      ("# c \\\na=1", ["a": "1"]), ("a", ["a": ""]), ("=b", ["": "b"]), ("a==b", ["a": "=b"]),
      ("a\\=b=c", ["a=b": "c"]), ("a=\\u00e9\\q\\t", ["a": "éq\t"]), ("a=1\na=2", ["a": "2"]),
      ("a=\\uD83D\\uDE00", ["a": "😀"]), ("a=b\\", ["a": "b"]), ("\\\n", [:]), ("", [:]),
      ("a\u{c}b", ["a": "b"]), ("a\\ b c", ["a b": "c"]),
    ])
  func rules(text: String, values: [String: String]) throws {
    #expect(try JavaProperties(parsing: text).values == values)
  }

  @Test("A malformed escape is refused", arguments: ["a=\\u00g1", "a=\\u12", "a=\\u+123"])
  func malformed(text: String) {
    #expect(throws: LivyError.self) { try JavaProperties(parsing: text) }
  }

  @Test("Java itself reads what we write, and we read it as Java does", .enabled(if: hasJava))
  func java() async throws {
    let folder = try TemporaryFolder()
    let program = """
      import java.io.*; import java.util.*;
      class Dump {
        public static void main(String[] args) throws Exception {
          Properties p = new Properties();
          p.load(new InputStreamReader(new FileInputStream(args[0]), "UTF-8"));
          TreeMap<String, String> sorted = new TreeMap<>();
          for (String k : p.stringPropertyNames()) sorted.put(k, p.getProperty(k));
          Base64.Encoder b = Base64.getEncoder();
          for (var x : sorted.entrySet())
            System.out.println(b.encodeToString(x.getKey().getBytes("UTF-8")) + " "
              + b.encodeToString(x.getValue().getBytes("UTF-8")) + " ");
        }
      }
      """
    try folder.write(program, to: "Dump.java")
    let foreign = "a\\\n  b = c\\u00e9\\\r\n  d\n!x\n k\\:1:v \n"
    for text in [JavaProperties(odd).text, foreign] {
      try folder.write(text, to: "test.properties")
      let output = try await run("java", folder.path("Dump.java"), folder.path("test.properties"))
      var values: [String: String] = [:]
      for line in output.split(separator: "\n") {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false).prefix(2)
          .map { String(decoding: Data(base64Encoded: String($0)) ?? Data(), as: UTF8.self) }
        values[parts[0]] = parts[1]
      }
      #expect(try JavaProperties(parsing: text).values == values)
    }
  }
}

private let hasJava = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  .contains { FileManager.default.isExecutableFile(atPath: "\($0)/java") }

/// The standard output of a program that has to end with 0.
private func run(_ arguments: String...) async throws -> String {
  let loop = try EventLoop.start(name: "test-java")
  var options = ChildProcessOptions(executable: "/usr/bin/env", arguments: arguments)
  options.descriptors = [.null, .pipe(.fromChild)]
  let child = try await ChildProcess.spawn(options, on: loop)
  let output = await (try #require(child.pipe(1))).startProbe()
  let status = await child.waitForExit()
  #expect(await eventually { output.hasEnded })
  await loop.stop()
  try #require(status == .exited(0))
  return String(decoding: output.now.bytes, as: UTF8.self)
}
