// SPDX-License-Identifier: Apache-2.0

/// Bytes that are known on both sides; a call's number stands in the first eight.
struct Payload: Sendable {
  private(set) var bytes: [UInt8]

  init(count: Int) {
    bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ 17) }
  }

  mutating func stamp(_ number: UInt64) {
    Self.stamp(&bytes, number)
  }

  static func stamp(_ bytes: inout [UInt8], _ number: UInt64) {
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: number, as: UInt64.self) }
  }

  /// An answer is right when it is as long as asked, begins with the call's number and ends as the
  /// payload does.
  func check(_ answer: [UInt8], number: UInt64) throws(Failure) {
    let isRight =
      answer.count == bytes.count
      && answer.withUnsafeBytes { answer in
        bytes.withUnsafeBytes { expected in
          let last = expected.count - 8
          return answer.loadUnaligned(as: UInt64.self) == number
            && answer.loadUnaligned(fromByteOffset: last, as: UInt64.self)
              == expected.loadUnaligned(fromByteOffset: last, as: UInt64.self)
        }
      }
    if !isRight { throw Failure("an answer is not the echo of its call") }
  }
}
