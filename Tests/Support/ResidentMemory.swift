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

  /// The process is built with the address sanitizer, which keeps what was freed.
  package static var isPadded: Bool { dlsym(dlopen(nil, 0), "__asan_init") != nil }

  /// Runs `body` while nobody else is in here: all tests share one process, and those that need much
  /// memory would be taken for each other's leaks.
  package static func withTurn(_ body: () async throws -> Void) async throws {
    await turn.take()
    let result: Swift.Result<Void, any Error>
    do {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    await turn.give()
    try result.get()
  }

  private static let turn = Turn()

  private actor Turn {
    private var isTaken = false
    private var line: [CheckedContinuation<Void, Never>] = []

    func take() async {
      if isTaken {
        await withCheckedContinuation { line.append($0) }
      } else {
        isTaken = true
      }
    }

    /// Hands it to who waits longest.
    func give() {
      if line.isEmpty { isTaken = false } else { line.removeFirst().resume() }
    }
  }
}
