// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import LivyCore

/// The RPC port of the last run, in the state folder: drivers that live look for their server there.
struct FormerPort {
  private let file: URL

  init(in stateFolder: String) {
    file = URL(filePath: stateFolder).appending(path: "rpc-port")
  }

  /// Nil at the first start.
  func read() -> UInt16? {
    guard let text = try? String(contentsOf: file, encoding: .utf8),
      let port = UInt16(text.filter { !$0.isWhitespace }), port > 0
    else { return nil }
    return port
  }

  func write(_ port: UInt16) throws(LivyError) {
    do {
      try Data("\(port)\n".utf8).write(to: file, options: .atomic)
    } catch {
      throw LivyError(
        .configuration, "the RPC port cannot be noted in \(file.path)", cause: error)
    }
  }
}
