// SPDX-License-Identifier: Apache-2.0

/// A window on a list as Scala's `view(from, until)` has it: bounds beyond the list are no error.
struct Paging: Equatable {
  /// As asked for; answers repeat it.
  var from: Int
  var size: Int

  /// The part of it at or after 0: where it begins and how much there is.
  var window: (start: Int, count: Int) {
    let start = max(from, 0)
    let (end, overflows) = from.addingReportingOverflow(size)
    return (start, overflows ? Int.max : max(0, end - start))
  }

  func page<Element>(of elements: some RandomAccessCollection<Element>) -> [Element] {
    let (start, count) = window
    return Array(elements.dropFirst(start).prefix(count))
  }

  /// The window of a log: without a start it is the newest lines, with a negative size all.
  static func log(from: Int?, size: Int?, total: Int) -> Paging {
    let size = size ?? logSizeDefault
    let wanted = size < 0 ? total : size
    guard let from, from >= 0 else { return Paging(from: max(0, total - wanted), size: wanted) }
    return Paging(from: from, size: wanted)
  }

  static let sessionsDefault = 100
  private static let logSizeDefault = 100
}
