// SPDX-License-Identifier: Apache-2.0

internal import WireCodec

/// The messages that are measured.
enum Messages {
  static func shapes() throws -> [Shape] {
    [
      try shape("small", of: small), try shape("statement", of: statement),
      try shape("table", of: table), try shape("deep", of: deep(level: 1)),
      try shape("unknown", of: try Older(decoding: newer.encoded())),
    ]
  }

  private static var small: Small {
    Small(
      id: 0xF1E2_D3C4_B5A6_9788, code: 0xFEDC_BA98, session: Content.text(1, 30),
      user: Content.text(2, 30), position: Position(checksum: 0x89AB_CDEF, line: 70_000),
      digest: Content.bytes(3, 100))
  }

  private static var statement: Statement {
    Statement(
      id: 77, kind: .pyspark, code: Content.code(), started: 1_795_000_000.25, isInteractive: true)
  }

  private static var table: Table {
    Table(
      columns: (0..<5).map { Content.text($0, 12) },
      rows: (0..<Content.rowCount).map { row in
        Row(
          id: Int64(row) * 1_000, name: Content.text(row, 8 + row % 16),
          value: Double(row) / 4, change: Int32(row % 200 - 100), isValid: row % 2 == 0)
      },
      offsets: (0..<Content.rowCount).map { UInt64($0 * 37) })
  }

  private static func deep(level: Int) -> Deep {
    var message = Deep(level: UInt32(level), label: Content.text(level, 12))
    if level < Content.levelCount { message.child = deep(level: level + 1) }
    return message
  }

  private static var newer: Newer {
    let numbers = 0..<Content.newerCount
    return Newer(
      id: 5, name: Content.text(4, 20), counts: numbers.map { UInt64($0 * $0 * $0) },
      stamps: numbers.map { UInt64($0 * 1_000_003) }, words: numbers.map { Content.text($0, 20) },
      positions: numbers.map { Position(checksum: UInt32($0), line: UInt32($0 * 300)) })
  }
}
