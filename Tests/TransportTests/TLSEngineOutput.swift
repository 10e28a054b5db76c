// SPDX-License-Identifier: Apache-2.0

@testable internal import Transport

extension TLSEngine {
  /// What it has for the network, as a test carries it there.
  func takeOutput() -> [UInt8] {
    var output: [UInt8] = []
    drainOutput { output = [UInt8]($0) }
    return output
  }
}
