// SPDX-License-Identifier: Apache-2.0

/// Turns rows that Spark wrote as JSON objects into arrays: `{"c0":1,"c1":{"a":2}}` becomes
/// `[1,{"a":2}]`.
///
/// The keys of the outer objects have to be `c0`, `c1`, ... in this order; that is how the rows
/// were asked for. Cells are copied byte by byte, so that numbers, names and the order in nested
/// values stay as Spark wrote them.
struct JSONRows {
  struct Failure: Error, Equatable {
    /// What was expected where.
    var message: String
  }

  /// A cell that is nested deeper is refused. Spark's own parser of types gives up long before.
  static let depthMax = 1_000

  private let input: [UInt8]
  private var position = 0
  private var output: [UInt8] = []

  private init(_ text: String) {
    input = Array(text.utf8)
    output.reserveCapacity(input.count + 2)
  }

  /// `objects` are separated by commas, without brackets around them; none is fine.
  static func arrays(from objects: String, columns: Int) throws(Failure) -> String {
    var rows = JSONRows(objects)
    try rows.copyAll(columns: columns)
    return String(decoding: rows.output, as: UTF8.self)
  }

  private mutating func copyAll(columns: Int) throws(Failure) {
    output.append(UInt8(ascii: "["))
    if peek != nil {
      try copyRow(columns: columns)
      while peek != nil {
        try expect(",")
        output.append(UInt8(ascii: ","))
        try copyRow(columns: columns)
      }
    }
    output.append(UInt8(ascii: "]"))
  }

  private mutating func copyRow(columns: Int) throws(Failure) {
    try expect("{")
    output.append(UInt8(ascii: "["))
    for column in 0..<max(0, columns) {
      if column > 0 {
        try expect(",")
        output.append(UInt8(ascii: ","))
      }
      for byte in "\"c\(column)\":".utf8 { try expect(byte) }
      try copyCell()
    }
    try expect("}")
    output.append(UInt8(ascii: "]"))
  }

  private mutating func copyCell() throws(Failure) {
    switch peek {
    case UInt8(ascii: "\""): try copyString()
    case UInt8(ascii: "{"), UInt8(ascii: "["): try copyNested()
    default: try copyWord()
    }
  }

  private mutating func copyString() throws(Failure) {
    copyByte()
    while let byte = peek {
      guard byte >= 0x20 else { throw failure("a control character stands in a text") }
      copyByte()
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"):
        // Whatever is escaped, it does not end the text; \uXXXX needs no more than that.
        guard peek != nil else { throw failure("the text has no end") }
        copyByte()
      default: break
      }
    }
    throw failure("the text has no end")
  }

  private mutating func copyNested() throws(Failure) {
    var closers: [UInt8] = []
    repeat {
      switch peek {
      case UInt8(ascii: "\""):
        try copyString()
        continue
      case UInt8(ascii: "{"): closers.append(UInt8(ascii: "}"))
      case UInt8(ascii: "["): closers.append(UInt8(ascii: "]"))
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard closers.popLast() == peek else { throw failure("a bracket has no partner") }
      case nil: throw failure("a bracket has no partner")
      case .some(let byte) where byte < 0x20: throw failure("a control character")
      case .some: break
      }
      guard closers.count <= Self.depthMax else {
        throw failure("nested deeper than \(Self.depthMax)")
      }
      copyByte()
    } while !closers.isEmpty
  }

  /// A number, `true`, `false` or `null`.
  private mutating func copyWord() throws(Failure) {
    let start = position
    while let byte = peek, Self.isWordByte(byte) { copyByte() }
    guard position > start else { throw failure("a value is missing") }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private var peek: UInt8? {
    position < input.count ? input[position] : nil
  }

  private mutating func copyByte() {
    guard let byte = peek else { return }
    output.append(byte)
    position += 1
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
    try expect(UInt8(ascii: character))
  }

  private mutating func expect(_ byte: UInt8) throws(Failure) {
    guard peek == byte else { throw failure("\(Unicode.Scalar(byte)) is missing") }
    position += 1
  }

  private func failure(_ message: String) -> Failure {
    Failure(message: "at byte \(position) of Spark's rows: \(message)")
  }
}
