// SPDX-License-Identifier: Apache-2.0

/// What a message or an enum has reserved: numbers and names that were used once and must not be
/// used again.
struct Reservations {
  private struct Span {
    var numbers: ClosedRange<Int64>
    var range: SourceRange
  }

  private let owner: String
  /// In order, none overlapping.
  private var spans: [Span] = []
  private var names: [String: SourceRange] = [:]

  init(
    _ items: [ReservedSyntax], of owner: String, bounds: ClosedRange<Int64>,
    diagnostics: inout Diagnostics
  ) {
    self.owner = owner
    var found: [Span] = []
    for item in items {
      switch item {
      case .name(let name):
        if let earlier = names[name.text] {
          diagnostics.error(
            name.range, "\"\(name.text)\" is reserved twice", help: "remove one of the two",
            notes: [Diagnostic.Note(range: earlier, message: "first reserved here")])
        }
        names[name.text] = name.range
      case .numbers(let first, let last):
        let range = last.map { first.range.through($0.range) } ?? first.range
        let upper = last.map(\.value) ?? bounds.upperBound
        guard let lower = first.value, let upper, bounds.contains(lower), bounds.contains(upper)
        else {
          diagnostics.error(
            range, "numbers of \(owner) are \(bounds.lowerBound) to \(bounds.upperBound)",
            help: "write numbers of that range, or `max` for the last one")
          continue
        }
        guard lower <= upper else {
          diagnostics.error(
            range, "the range ends before it begins", help: "write `\(upper) to \(lower)`")
          continue
        }
        found.append(Span(numbers: lower...upper, range: range))
      }
    }
    found.sort { $0.numbers.lowerBound < $1.numbers.lowerBound }
    for span in found {
      if let last = spans.last, last.numbers.overlaps(span.numbers) {
        let (first, second) =
          last.range.bytes.lowerBound < span.range.bytes.lowerBound ? (last, span) : (span, last)
        diagnostics.error(
          second.range, "these numbers are reserved twice", help: "remove one of the two",
          notes: [Diagnostic.Note(range: first.range, message: "first reserved here")])
        let upper = max(last.numbers.upperBound, span.numbers.upperBound)
        spans[spans.count - 1].numbers = last.numbers.lowerBound...upper
      } else {
        spans.append(span)
      }
    }
  }

  /// Where a number is reserved.
  func range(of number: Int64) -> SourceRange? { span(of: number)?.range }

  /// The last number of the reserved ones around a number.
  func last(of number: Int64) -> Int64? { span(of: number)?.numbers.upperBound }

  private func span(of number: Int64) -> Span? {
    var low = 0
    var high = spans.count
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].numbers.upperBound < number { low = middle + 1 } else { high = middle }
    }
    guard low < spans.count, spans[low].numbers.contains(number) else { return nil }
    return spans[low]
  }

  func check(_ name: NameSyntax, diagnostics: inout Diagnostics) {
    guard let reservation = names[name.text] else { return }
    diagnostics.error(
      name.range, "the name `\(name.text)` is reserved in \(owner)", help: "choose another name",
      notes: [Diagnostic.Note(range: reservation, message: "reserved here")])
  }
}
