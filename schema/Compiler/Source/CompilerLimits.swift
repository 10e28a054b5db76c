// SPDX-License-Identifier: Apache-2.0

/// What the compiler takes at most. Above a limit it says so and stops there.
package struct CompilerLimits: Sendable {
  /// Bytes of one file.
  package var fileBytesMax: Int
  /// Files of one run, imported ones included.
  package var filesMax: Int
  /// Messages inside of each other, as in protoc.
  package var nestingMax: Int
  /// Bytes of a name, and of one with dots.
  package var nameBytesMax: Int
  package var pathBytesMax: Int
  /// Bytes of a ledger, which keeps what is gone.
  package var ledgerBytesMax: Int
  /// What is no word of the language, in one file; the rest of it is not read.
  package var malformedMax: Int
  /// Diagnostics of one run; the rest is counted.
  package var diagnosticsMax: Int

  package init(
    fileBytesMax: Int = 2 << 20, filesMax: Int = 1000, nestingMax: Int = 32,
    nameBytesMax: Int = 255, pathBytesMax: Int = 1024, ledgerBytesMax: Int = 64 << 20,
    malformedMax: Int = 10, diagnosticsMax: Int = 100
  ) {
    self.fileBytesMax = fileBytesMax
    self.filesMax = filesMax
    self.nestingMax = nestingMax
    self.nameBytesMax = nameBytesMax
    self.pathBytesMax = pathBytesMax
    self.ledgerBytesMax = ledgerBytesMax
    self.malformedMax = malformedMax
    self.diagnosticsMax = diagnosticsMax
  }

  package static let standard = CompilerLimits()
}
