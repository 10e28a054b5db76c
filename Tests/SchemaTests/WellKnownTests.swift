// SPDX-License-Identifier: Apache-2.0

internal import SchemaCompiler
internal import Testing

/// Protobuf's own files, which nobody needs to have.
struct WellKnownTests {
  private static let files = [
    "any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers",
  ]

  private func compile(
    _ body: String, files: [String: String] = [:], folders: [String] = []
  ) -> Compilation {
    let compiler = Compiler(importFolders: folders) { files[$0].map { Array($0.utf8) } }
    return compiler.compile([
      SourceFile(path: "a/b.proto", text: "syntax = \"proto3\";\n\(body)")
    ])
  }

  @Test("Each file resolves without being there", arguments: files)
  func resolves(file: String) {
    let compilation = compile("import public \"google/protobuf/\(file).proto\";")
    #expect(compilation.report == "")
    #expect(compilation.generate().map(\.name) == ["B.wire.swift"])
  }

  @Test("The folder holds just these files")
  func complete() throws {
    let present = try Repository.files(
      in: "schema/wellknown/google/protobuf", suffix: ".proto")
    #expect(present == Self.files.map { "\($0).proto" })
  }

  @Test("A file that the lookup finds wins")
  func ownFile() {
    let text = "syntax = \"proto3\"; package google.protobuf; message Empty { int32 more = 1; }"
    for folder in ["a", "lib"] {
      let compilation = compile(
        "import \"google/protobuf/empty.proto\"; message M { google.protobuf.Empty e = 1; }",
        files: ["\(folder)/google/protobuf/empty.proto": text], folders: ["lib"])
      #expect(compilation.report == "")
      let code = compilation.generate().first?.text ?? ""
      #expect(code.contains("var e: Empty?"))
      #expect(!code.contains("WireWellKnown"))
    }
  }

  @Test("A file that only imports one does not import the module")
  func unused() {
    let compilation = compile("import public \"google/protobuf/any.proto\"; message M {}")
    #expect(compilation.generate().first?.text.contains("WireWellKnown") == false)
  }

  @Test("Types of the same name live beside protobuf's")
  func sameNames() {
    let compilation = compile(
      """
      import "google/protobuf/timestamp.proto";
      message Timestamp { google.protobuf.Timestamp at = 1; message Empty {} }
      """, files: ["a/timestamp.proto": ""])
    #expect(compilation.report == "")
    let code = compilation.generate().first?.text ?? ""
    #expect(code.contains("struct Timestamp: WireMessage {"))
    #expect(code.contains("var at: WireWellKnown.Timestamp?"))
  }

  @Test("Other files of protobuf are not there")
  func others() {
    let compilation = compile("import \"google/protobuf/descriptor.proto\";")
    #expect(
      compilation.errors == ["there is no file \"google/protobuf/descriptor.proto\" to import"])
  }

  @Test("Two packages cannot both have a type whose name is one in Swift")
  func packages() {
    let files = ["one", "two"].map {
      SourceFile(path: "\($0).proto", text: "syntax = \"proto3\"; package \($0); message M {}")
    }
    #expect(
      Compiler().compile(files).errors == ["in Swift this is `M`, as something else is already"])
  }
}
