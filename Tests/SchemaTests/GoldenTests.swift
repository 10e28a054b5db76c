// SPDX-License-Identifier: Apache-2.0

internal import SchemaCompiler
internal import Testing

/// What the compiler says of each known mistake, word by word. `UPDATE_GOLDEN=1` writes the files
/// anew.
struct GoldenTests {
  static let folder = "Tests/SchemaTests/Golden/bad"
  static let mistakes = (try? Repository.files(in: folder, suffix: ".proto")) ?? []

  @Test("There are golden files")
  func goldenFilesExist() {
    #expect(Self.mistakes.count >= 20)
  }

  @Test("A known mistake is reported as its golden file says", arguments: mistakes)
  func mistake(file: String) throws {
    let path = "\(Self.folder)/\(file)"
    let compilation = try Repository.compile([path])
    // Paths in reports are those of the command line; the golden file has them without the folder.
    let report = compilation.report.split(separator: "\(Self.folder)/").joined()
    let golden = path.replacing(".proto", with: ".txt")
    if Repository.updatesGolden { try Repository.write(report, to: golden) }
    #expect(report == String(decoding: try Repository.read(golden), as: UTF8.self))
    #expect(compilation.diagnostics.hasErrors)
    #expect(compilation.generate().isEmpty)
  }
}
