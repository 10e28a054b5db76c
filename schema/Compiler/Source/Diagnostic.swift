// SPDX-License-Identifier: Apache-2.0

/// Something that the compiler has to say about a schema.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: Sendable {
    /// Nothing is generated.
    case error
    /// The schema means what it says, but perhaps not what its author wanted.
    case warning
  }

  /// Another place that belongs to the matter, for example the first of two definitions.
  package struct Note: Hashable, Sendable {
    package var range: SourceRange
    package var message: String
  }

  package var severity: Severity
  package var range: SourceRange
  package var message: String
  /// What to write instead.
  package var help: String?
  package var notes: [Note]
}

/// The diagnostics of a run. Stages add to it in any order.
package struct Diagnostics: Sendable {
  private var seen: Set<Diagnostic> = []
  private let kept: Int
  /// Those that were not kept, because there were too many.
  package private(set) var dropped = 0
  package private(set) var hasErrors = false

  package init(limits: CompilerLimits = .standard) {
    kept = limits.diagnosticsMax
  }

  package mutating func error(
    _ range: SourceRange, _ message: String, help: String? = nil,
    notes: [Diagnostic.Note] = []
  ) {
    hasErrors = true
    add(
      Diagnostic(severity: .error, range: range, message: message, help: help, notes: notes))
  }

  package mutating func warning(_ range: SourceRange, _ message: String, help: String? = nil) {
    add(Diagnostic(severity: .warning, range: range, message: message, help: help, notes: []))
  }

  /// Adds those of another run.
  package mutating func add(_ others: Diagnostics) {
    hasErrors = hasErrors || others.hasErrors
    dropped += others.dropped
    for diagnostic in others.seen { add(diagnostic) }
  }

  private mutating func add(_ diagnostic: Diagnostic) {
    if seen.contains(diagnostic) { return }
    guard seen.count < kept else {
      dropped += 1
      return
    }
    seen.insert(diagnostic)
  }

  /// Whether further ones are only counted: then there is no use in looking for a good help text.
  package var isFull: Bool { seen.count >= kept }

  /// By file, place, severity and words; none twice.
  package var sorted: [Diagnostic] {
    seen.sorted { first, second in
      let one = first.range
      let two = second.range
      if one.file != two.file { return one.file < two.file }
      if one.bytes.lowerBound != two.bytes.lowerBound {
        return one.bytes.lowerBound < two.bytes.lowerBound
      }
      if first.severity != second.severity { return first.severity == .error }
      if one.bytes.upperBound != two.bytes.upperBound {
        return one.bytes.upperBound < two.bytes.upperBound
      }
      return first.message < second.message
    }
  }
}
