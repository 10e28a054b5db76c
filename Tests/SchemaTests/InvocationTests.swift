// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import SchemaCompiler

struct InvocationTests {
  @Test("Words of the command line become what to do")
  func valid() throws {
    #expect(try Invocation(["--help"]) == .help)
    #expect(try Invocation(["generate", "-h"]) == .help)
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
}
