// SPDX-License-Identifier: Apache-2.0

internal import LivyCore
internal import Transport

/// What one statement prints, gathered for a moment: many small writes become one event.
package struct PrintedText: Equatable, Sendable {
  private var text = ""
  /// UTF-8 bytes that were taken before `text`.
  private var offset: UInt64 = 0

  package init() {}

  package var byteCount: Int { text.utf8.count }

  package mutating func add(_ piece: String) {
    text += piece
  }

  /// Nil if nothing was printed since the last time.
  package mutating func take() -> (offset: UInt64, text: String)? {
    guard !text.isEmpty else { return nil }
    defer {
      offset += UInt64(text.utf8.count)
      text = ""
    }
    return (offset, text)
  }
}

extension SessionHost {
  /// An interpreter hands over what the running statement just printed.
  func tell(_ text: String, printedBy statement: StatementID) {
    guard queue.heard == statement else { return }
    let isFirst = printed.byteCount == 0
    printed.add(text)
    if printed.byteCount >= plan.limits.printedBytesMax {
      tellPrinted()
    } else if isFirst {
      loop.schedule(after: plan.limits.printedDelay) {
        self.assumeIsolated { $0.tellPrinted() }
      }
    }
  }

  func tellPrinted() {
    guard let statement = queue.heard, let (offset, text) = printed.take() else { return }
    record([.printed(statement, offset: offset, text: text)])
  }
}
