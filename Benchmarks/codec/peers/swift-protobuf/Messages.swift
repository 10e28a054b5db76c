// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The messages that are measured.
enum Messages {
  static func shapes() throws -> [Shape] {
    [
      try shape("small", of: small), try shape("statement", of: statement),
      try shape("table", of: table), try shape("deep", of: deep(level: 1)),
      try shape(
        "unknown", of: try Livy_Bench_Older(serializedBytes: newer.serializedBytes() as [UInt8])),
    ]
  }

  private static var small: Livy_Bench_Small {
    .with {
      $0.id = 0xF1E2_D3C4_B5A6_9788
      $0.code = 0xFEDC_BA98
      $0.session = Content.text(1, 30)
      $0.user = Content.text(2, 30)
      $0.position = .with {
        $0.checksum = 0x89AB_CDEF
        $0.line = 70_000
      }
      $0.digest = Data(Content.bytes(3, 100))
    }
  }

  private static var statement: Livy_Bench_Statement {
    .with {
      $0.id = 77
      $0.kind = .pyspark
      $0.code = Content.code()
      $0.started = 1_795_000_000.25
      $0.isInteractive = true
    }
  }

  private static var table: Livy_Bench_Table {
    .with {
      $0.columns = (0..<5).map { Content.text($0, 12) }
      $0.rows = (0..<Content.rowCount).map { row in
        .with {
          $0.id = Int64(row) * 1_000
          $0.name = Content.text(row, 8 + row % 16)
          $0.value = Double(row) / 4
          $0.change = Int32(row % 200 - 100)
          $0.isValid = row % 2 == 0
        }
      }
      $0.offsets = (0..<Content.rowCount).map { UInt64($0 * 37) }
    }
  }

  private static func deep(level: Int) -> Livy_Bench_Deep {
    .with {
      $0.level = UInt32(level)
      $0.label = Content.text(level, 12)
      if level < Content.levelCount { $0.child = deep(level: level + 1) }
    }
  }

  private static var newer: Livy_Bench_Newer {
    let numbers = 0..<Content.newerCount
    return .with {
      $0.id = 5
      $0.name = Content.text(4, 20)
      $0.counts = numbers.map { UInt64($0 * $0 * $0) }
      $0.stamps = numbers.map { UInt64($0 * 1_000_003) }
      $0.words = numbers.map { Content.text($0, 20) }
      $0.positions = numbers.map { number in
        .with {
          $0.checksum = UInt32(number)
          $0.line = UInt32(number * 300)
        }
      }
    }
  }
}
