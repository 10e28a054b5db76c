// SPDX-License-Identifier: Apache-2.0

/// Every limit between the driver and its R child.
package struct RLimits: Equatable, Sendable {
  /// Printed bytes of one statement; what comes after is dropped, and the output says so.
  package var outputBytesMax = 32 << 20
  /// One reply, which is an image in hex or the text of an error.
  package var replyBytesMax = 16 << 20
  /// Last printed lines that explain the child's end.
  package var tailLinesMax = 20

  package init() {}
}
