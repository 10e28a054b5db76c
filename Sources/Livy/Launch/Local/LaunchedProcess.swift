// SPDX-License-Identifier: Apache-2.0

internal import LivyCore

/// Which process an application's spark-submit is, on disk: a later run of the server watches that
/// one. Its text is `pid ticks`, the time of its start in the kernel's clock.
struct LaunchedProcess {
  let identity: TaggedProcesses.Identity

  init(_ identity: TaggedProcesses.Identity) {
    self.identity = identity
  }

  /// Nil where nothing was written, or it cannot be read.
  init?(readingFrom path: String) {
    guard let bytes = try? FileSystem.read(.first, 100, of: path) else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard fields.count == 2, let pid = Int32(fields[0]), let ticks = UInt64(fields[1]) else {
      return nil
    }
    identity = TaggedProcesses.Identity(pid: pid, startTicks: ticks)
  }

  func write(to path: String) throws(LivyError) {
    try FileSystem.write(Array("\(identity.pid) \(identity.startTicks)\n".utf8), to: path)
  }
}
