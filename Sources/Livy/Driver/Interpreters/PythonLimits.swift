// SPDX-License-Identifier: Apache-2.0

/// Every limit between the driver and its Python child.
package struct PythonLimits: Equatable, Sendable {
  /// Printed bytes of one statement; what comes after is dropped, and the output says so.
  package var outputBytesMax = 32 << 20
  /// One reply; the runner cuts values and tracebacks far below it.
  package var replyBytesMax = 8 << 20
  /// Newest printed bytes that are kept to explain the child's end.
  package var tailBytesMax = 4 << 10
  package var tailLinesMax = 20
  /// After the child's end: time for its last words to arrive, should something hold its pipe open.
  package var lastWordsTimeout: Duration = .milliseconds(500)

  package init() {}
}
