// SPDX-License-Identifier: Apache-2.0

/// A way of coding that is measured. What each peer does for it: docs/performance.md.
enum Form: String, Sendable {
  /// The bytes that a message takes, added up.
  case size
  /// Into memory of the caller's, which knows that there is room.
  case write
  /// Measure, then into memory of the caller's.
  case buffer
  /// To an array or a string of its own.
  case owned
  /// To Foundation's `Data`.
  case data
  /// From bytes to a new message.
  case fresh
  /// From bytes to a message that was there before.
  case reused
}

/// A message as one program knows it: its bytes, and each form that the program has as work that is
/// done so many times.
struct Shape {
  typealias Work = (_ times: Int) throws -> Void

  let name: String
  let bytes: [UInt8]
  let works: [Form: Work]
}

/// Why the program gives up.
struct Failure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}
