// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What the kernel holds in memory for this process (VmRSS).
package enum ResidentMemory {
  /// Bytes; 0 where the kernel does not tell.
  package static var bytes: Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
      .split(separator: " ")
    guard let pages = fields.flatMap({ $0.count > 1 ? Int($0[1]) : nil }) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
