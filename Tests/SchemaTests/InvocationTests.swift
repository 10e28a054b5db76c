// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import SchemaCompiler

struct InvocationTests {
  @Test("Words of the command line become what to do")
  func valid() throws {
    #expect(try Invocation(["--help"]) == .help(nil))
    #expect(try Invocation(["help"]) == .help(nil))
    #expect(try Invocation(["generate", "-h"]) == .help(.generate))
    #expect(try Invocation(["ledger", "--help", "x"]) == .help(.ledger))
    #expect(
      try Invocation(["check", "a.proto", "--import", "lib"])
        == .check(files: ["a.proto"], folders: ["lib"]))
    #expect(
      try Invocation(["generate", "--out=x", "a", "--visibility", "public", "--", "-b"])
        == .generate(files: ["a", "-b"], out: "x", visibility: .public, json: .none, folders: []))
    #expect(
      try Invocation(["generate", "a"])
        == .generate(files: ["a"], out: ".", visibility: .package, json: .none, folders: []))
    #expect(
      try Invocation(["ledger", "x/a.proto", "y/b.proto"])
        == .ledger(
          files: ["x/a.proto", "y/b.proto"], ledger: "x/schema.ledger", accepted: [],
          isCheck: false, folders: []))
    #expect(
      try Invocation(
        ["ledger", "--accept", "a.B.c", "--check", "--ledger=l", "--accept", "a.B.d", "a"])
        == .ledger(
          files: ["a"], ledger: "l", accepted: ["a.B.c", "a.B.d"], isCheck: true, folders: []))
    #expect(
      try Invocation(["format", "--check", "a"]) == .format(files: ["a"], isCheck: true))
    #expect(
      try Invocation(["generate", "--json", "a"])
        == .generate(files: ["a"], out: ".", visibility: .package, json: .beside, folders: []))
  }

  @Test(
    "What the command line lacks is said",
    arguments: [
      ([], "say what to do"),
      (["make"], "there is no command `make`"),
      (["check"], "check: no files are named"),
      (["check", "--out", "x", "a"], "check has no option `--out`"),
      (["check", "--json", "a"], "check has no option `--json`"),
      (["generate", "--fast", "a"], "generate has no option `--fast`"),
      (["format", "--import", "x", "a"], "format has no option `--import`"),
      (["format", "--check=1", "a"], "`--check` takes no value"),
      (["check", "-x", "a"], "check has no option `-x`"),
      (["generate", "a", "--out"], "`--out` needs a value"),
      (["generate", "--out=", "a"], "`--out` needs a value"),
      (
        ["generate", "--visibility", "open", "a"],
        "`open` is no visibility; write public, package or internal"
      ),
    ])
  func invalid(words: [String], message: String) {
    #expect(throws: Invocation.UsageError(message: message)) { try Invocation(words) }
  }

  @Test("Each subcommand and each option is explained, in lines that fit a terminal")
  func help() {
    for subcommand in Subcommand.allCases {
      #expect(Subcommand.allHelpText.contains("schemac \(subcommand.rawValue)"))
      let text = subcommand.helpText
      for option in subcommand.options { #expect(text.contains("--\(option.rawValue)")) }
      for word in ["Usage:", "Exit status:", "0 all is well", "2 the command line"] {
        #expect(text.contains(word))
      }
      for line in text.split(separator: "\n") { #expect(line.count <= 110, "\(line)") }
    }
  }
}
