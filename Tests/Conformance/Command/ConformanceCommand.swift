// SPDX-License-Identifier: Apache-2.0

internal import ConformanceTestee
internal import Glibc

/// The program that the runner of the conformance suite starts: on standard input come requests,
/// each behind its length in four bytes, the lowest first; responses go the same way to standard
/// output. See docs/conformance.md.
@main
struct ConformanceCommand {
  /// Bytes of a request; those of the suite are far smaller.
  private static let requestBytesMax = 64 << 20

  static func main() {
    while let header = read(4) {
      let length = header.reversed().reduce(0) { $0 << 8 | Int($1) }
      guard length <= requestBytesMax, let request = read(length) else { exit(1) }
      let response = Testee.answer(request)
      let count = UInt32(clamping: response.count)
      let size = (0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(8 * $0)) }
      guard write(size), write(response) else { exit(1) }
    }
  }

  /// So many bytes, or `nil` at the end.
  private static func read(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(STDIN_FILENO, buffer.baseAddress?.advanced(by: filled), count - filled)
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return nil }
      filled += got
    }
    return bytes
  }

  private static func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
