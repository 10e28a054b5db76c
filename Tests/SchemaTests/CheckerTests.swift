// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import SchemaCompiler

struct CheckerTests {
  private func compile(_ body: String) -> Compilation {
    Compilation(text: "syntax = \"proto3\";\npackage a.b;\n\(body)")
  }

  private func fields(_ body: String) throws -> [Field] {
    let compilation = compile(body)
    #expect(compilation.errors == [])
    return try #require(compilation.schema.files.first?.messages.first?.fields)
  }

  @Test("Presence and packing follow from label and type")
  func cardinalities() throws {
    let fields = try fields(
      """
      message M {
        int32 a = 1; optional int32 b = 2; M c = 3; repeated int32 d = 4; repeated string e = 5;
        repeated int32 f = 6 [packed = false]; repeated E g = 7; map<string, M> h = 8;
        oneof o { int32 i = 9; }
      }
      enum E { ZERO = 0; }
      """)
    #expect(
      fields.map(\.cardinality) == [
        .singular, .optional, .optional, .packed, .repeated, .repeated, .packed,
        .map(key: .string), .member(oneof: 0),
      ])
  }

  @Test("A name is looked up from the inside outwards")
  func lookup() throws {
    let fields = try fields(
      """
      message M {
        message T { message U {} }
        T a = 1; .a.b.T b = 2; b.T c = 3; a.b.T d = 4; T.U e = 5; M.T f = 6;
      }
      message T {}
      """)
    let names = fields.map { field in
      if case .message(let name) = field.type { name.full } else { "" }
    }
    #expect(names == ["a.b.M.T", "a.b.T", "a.b.T", "a.b.T", "a.b.M.T.U", "a.b.M.T"])
  }

  @Test("A field's name hides no type")
  func fieldHidesNothing() throws {
    let fields = try fields("message M { T T = 1; T other = 2; }\nmessage T {}")
    #expect(fields.map(\.name) == ["T", "other"])
  }

  @Test("Messages that contain themselves are found, lists and maps set apart")
  func recursion() throws {
    let compilation = compile(
      """
      message A { B b = 1; A a = 2; C c = 3; repeated A list = 4; map<int32, A> map = 5; }
      message B { oneof o { A a = 1; C c = 2; } }
      message C { repeated A list = 1; D d = 2; }
      message D {}
      """)
    #expect(compilation.errors == [])
    let recursive = compilation.schema.files[0].messages.map { message in
      message.fields.filter(\.isBoxed).map(\.name)
    }
    #expect(recursive == [["b", "a"], ["a"], [], []])
  }

  @Test("Messages over 256 bytes stand in boxes, and make the one around them no larger")
  func large() throws {
    func message(_ name: String, strings: Int, _ more: String = "") -> String {
      let fields = (0..<strings).map { "string s\($0) = \($0 + 1);" }
      return "message \(name) { \(fields.joined()) \(more) }"
    }
    let compilation = compile(
      """
      \(message("Small", strings: 15))
      \(message("Large", strings: 16))
      \(message("Around", strings: 14, "Large large = 100; oneof o { Large other = 101; bool b = 102; }"))
      message Top { Small small = 1; Large large = 2; Around around = 3; optional int32 n = 4; }
      """)
    #expect(compilation.errors == [])
    let boxed = compilation.schema.files[0].messages.map { message in
      message.fields.filter(\.isBoxed).map(\.name)
    }
    #expect(boxed == [[], [], ["large", "other"], ["large"]])
  }

  @Test("A chain of twenty thousand messages is no stack overflow")
  func longChain() {
    let messages = (0..<20_000).map { "message M\($0) { M\($0 + 1) next = 1; }" }
    let compilation = compile(messages.joined(separator: "\n") + "\nmessage M20000 {}")
    #expect(compilation.errors == [])
  }

  @Test("Numbers of methods are unique over all files of a run")
  func methodNumbers() {
    let files = ["one", "two"].map { name in
      SourceFile(
        path: "\(name).proto",
        text: """
          syntax = "proto3";
          package \(name);
          message M\(name) {}
          service S\(name) {
            // @method 5
            rpc Do(M\(name)) returns (M\(name));
          }
          """)
    }
    let compilation = Compiler().compile(files)
    #expect(compilation.errors.first == "number 5 is taken by method `Sone.Do`")
  }

  @Test("A file is read once, however it is spelled")
  func samePath() {
    let text = "syntax = \"proto3\";\nmessage M {}"
    let compilation = Compiler().compile([
      SourceFile(path: "a/b.proto", text: text), SourceFile(path: "./a/c/../b.proto", text: text),
    ])
    #expect(compilation.errors == [])
    #expect(compilation.sources.count == 1)
  }

  @Test("Imports are looked for beside the file, then in the given folders")
  func imports() {
    let files = [
      "x/near.proto": "syntax = \"proto3\"; message Near {}",
      "lib/sub/far.proto": "syntax = \"proto3\"; message Far {}",
    ]
    let compiler = Compiler(importFolders: ["lib"]) { files[$0].map { Array($0.utf8) } }
    let compilation = compiler.compile([
      SourceFile(
        path: "x/main.proto",
        text: """
          syntax = "proto3";
          import "near.proto";
          import "sub/far.proto";
          message Main { Near near = 1; Far far = 2; }
          """)
    ])
    #expect(compilation.report == "")
    #expect(compilation.generate().map(\.name) == ["Main.wire.swift"])
    #expect(
      compilation.sources.map(\.path) == ["x/main.proto", "x/near.proto", "lib/sub/far.proto"])
  }

  @Test(
    "A comment at a field that is nearly the mark of a secret gets a warning",
    arguments: ["@Secret", "@secret.", "a token; @secret", "@secrets", " @secret"])
  func nearSecrets(comment: String) {
    for field in ["string a = 1; // \(comment)", "// \(comment)\nstring a = 1;"] {
      let compilation = compile("message M {\n\(field)\n}")
      #expect(compilation.errors == [])
      #expect(
        compilation.diagnostics.sorted.map(\.message)
          == ["field `a` is not secret by this comment"])
      #expect(!compilation.schema.files[0].messages[0].fields[0].isSecret)
    }
    let marked = compile("message M {\n// \(comment)\n// @secret\nstring a = 1;\n}")
    #expect(marked.report == "")
  }

  @Test("A file that cannot be read is not missing")
  func unreadableImport() {
    let compiler = Compiler(importFolders: ["lib"]) { (path) throws(Compiler.LoadFailure) in
      if path == "a.proto" { return nil }
      throw Compiler.LoadFailure(reason: "cannot open \(path): Permission denied")
    }
    let text = "syntax = \"proto3\"; import \"a.proto\"; message M { A a = 1; }"
    let compilation = compiler.compile([SourceFile(path: "main.proto", text: text)])
    #expect(compilation.errors == ["cannot open lib/a.proto: Permission denied"])
  }

  @Test("Two files that would be written to one are refused")
  func sameOutput() {
    let compilation = Compiler().compile(
      ["a/log_line.proto", "b/LogLine.proto"].map {
        SourceFile(path: $0, text: "syntax = \"proto3\";")
      })
    #expect(compilation.errors == ["code of two files would be written to LogLine.wire.swift"])
  }
}
