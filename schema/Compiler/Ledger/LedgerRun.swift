// SPDX-License-Identifier: Apache-2.0

/// What a run of `schemac ledger` has found.
package struct LedgerRun {
  package let diagnostics: Diagnostics
  /// All diagnostics, as text for a terminal.
  package let report: String
  /// The new ledger; `nil` if there are errors.
  package let text: String?
  /// Whether the new ledger is the old one.
  package let isUpToDate: Bool
}

extension Compilation {
  /// The name of a ledger's file, which stands beside the first schema.
  package static let ledgerName = "schema.ledger"

  /// Compares the files that were asked for with what their ledger has.
  ///
  /// - Parameter previous: the ledger's file, `nil` if there is none yet.
  /// - Parameter accepted: full names of fields, values and methods whose changes break old peers,
  ///   and are wanted.
  package func ledger(
    previous: SourceFile?, accepted: Set<String> = [], limits: CompilerLimits = .standard
  ) -> LedgerRun {
    var diagnostics = diagnostics
    let merged = merge(previous, accepted, limits, &diagnostics)
    let text = diagnostics.hasErrors ? nil : merged.map(LedgerText.print)
    let files = sources + (previous.map { [$0] } ?? [])
    return LedgerRun(
      diagnostics: diagnostics, report: DiagnosticRenderer(files: files).render(diagnostics),
      text: text, isUpToDate: text.map { Array($0.utf8) == previous?.bytes } ?? false)
  }

  /// `nil` after errors that leave nothing to compare.
  private func merge(
    _ previous: SourceFile?, _ accepted: Set<String>, _ limits: CompilerLimits,
    _ diagnostics: inout Diagnostics
  ) -> Ledger? {
    if diagnostics.hasErrors { return nil }
    var ledger = Ledger()
    if let previous {
      guard previous.bytes.count <= limits.ledgerBytesMax else {
        diagnostics.error(
          SourceRange(file: sources.count, bytes: 0..<0),
          "the ledger has more than \(limits.ledgerBytesMax) bytes",
          help: "give the schemas several ledgers")
        return nil
      }
      ledger = LedgerText.read(previous, file: sources.count, diagnostics: &diagnostics)
      if diagnostics.hasErrors { return nil }
    }
    let (merged, unneeded) = LedgerComparison.compare(
      schema.files.prefix(requested), with: ledger, accepted: accepted, diagnostics: &diagnostics)
    for name in unneeded {
      diagnostics.error(
        SourceRange(file: 0, bytes: 0..<0), "no change of `\(name)` needs to be accepted",
        help: "remove `--accept \(name)`, or look at how it is spelled")
    }
    return merged
  }
}
