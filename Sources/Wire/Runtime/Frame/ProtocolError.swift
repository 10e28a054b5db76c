// SPDX-License-Identifier: Apache-2.0

/// The peer broke the rules of frames or calls. It ends the connection; the message goes to the
/// peer as well.
struct ProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}
