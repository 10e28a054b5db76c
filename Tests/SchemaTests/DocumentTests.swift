// SPDX-License-Identifier: Apache-2.0

internal import Testing

@testable internal import SchemaCompiler

/// The examples of `docs/schema.md`.
struct DocumentTests {
  struct Example {
    var language: String
    var text: String
  }

  static func examples() throws -> [Example] {
    let page = String(decoding: try Repository.read("docs/schema.md"), as: UTF8.self)
    var examples: [Example] = []
    var open: Example?
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("```") else {
        open?.text += line + "\n"
        continue
      }
      if let done = open { examples.append(done) }
      open = open == nil ? Example(language: String(line.dropFirst(3)), text: "") : nil
    }
    #expect(open == nil)
    return examples
  }

  private func source(_ example: Example) -> SourceFile {
    SourceFile(path: "example.proto", text: example.text)
  }

  @Test("Each schema on the page compiles without a word, and is laid out")
  func schemas() throws {
    let schemas = try Self.examples().filter { $0.language == "proto" }
    #expect(schemas.count >= 5)
    for schema in schemas {
      #expect(Compiler().compile([source(schema)]).report == "")
      var diagnostics = Diagnostics()
      let text = SchemaFormatter.format(source(schema), file: 0, diagnostics: &diagnostics)
      #expect(text == schema.text)
    }
  }

  @Test("The Swift behind a schema is what is made of it")
  func code() throws {
    let examples = try Self.examples()
    var count = 0
    for (schema, code) in zip(examples, examples.dropFirst()) where code.language == "swift" {
      let generated = Compiler().compile([source(schema)]).generate(.public).first?.text ?? ""
      for line in code.text.split(separator: "\n") {
        #expect(generated.contains(line), "\(line)")
        count += 1
      }
    }
    #expect(count >= 15)
  }

  @Test("The next version on the page is one that the ledger takes")
  func evolution() throws {
    let versions = try Self.examples().filter { $0.text.contains("message Job {") }
    try #require(versions.count == 2)
    let old = Compiler().compile([source(versions[0])]).ledger(previous: nil).text ?? ""
    let run = Compiler().compile([source(versions[1])]).ledger(
      previous: SourceFile(path: "schema.ledger", text: old))
    #expect(run.text?.contains("message samples.Job 2 kind string singular removed") == true)
    #expect(run.report.contains("old and new peers can talk"))
  }

  @Test("The ledger's page of the language is a ledger")
  func ledger() throws {
    let page = String(decoding: try Repository.read("docs/schema.md"), as: UTF8.self)
    let lines = page.split(separator: "\n").drop { $0 != "    schemac-ledger 1" }
      .prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
    #expect(lines.count == 8)
    var diagnostics = Diagnostics()
    let text = lines.joined(separator: "\n") + "\n"
    let ledger = LedgerText.read(
      SourceFile(path: "l", text: text), file: 0, diagnostics: &diagnostics)
    #expect(!diagnostics.hasErrors)
    #expect(LedgerText.print(ledger).split(separator: "\n").filter { !$0.hasPrefix("#") } == lines)
  }
}
