// SPDX-License-Identifier: Apache-2.0

internal import SchemaCompiler

/// Texts, compiled as schemas. Each gives code or errors, and the code of one text is always the
/// same.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  let source = SourceFile(path: "fuzzed.proto", bytes: input)
  let compilation = Compiler().compile([source])
  let report = compilation.report
  let files = compilation.generate(json: .beside)
  precondition(files.isEmpty == compilation.diagnostics.hasErrors, "neither code nor an error")
  precondition(!files.isEmpty || !report.isEmpty, "an error without a report")
  return 0
}
