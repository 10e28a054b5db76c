// SPDX-License-Identifier: Apache-2.0

/// Cuts a file into tokens. What is no token is reported and left out; the rest goes on.
package struct Lexer {
  let source: SourceFile
  let file: Int
  let limits: CompilerLimits
  var offset = 0
  var line = 0
  var tokens: [Token] = []
  var diagnostics: Diagnostics

  /// The tokens of a file, the last one being its end.
  package static func tokens(
    of source: SourceFile, file: Int, limits: CompilerLimits = .standard,
    diagnostics: inout Diagnostics
  ) -> [Token] {
    var lexer = Lexer(source: source, file: file, limits: limits, diagnostics: diagnostics)
    if source.bytes.count > limits.fileBytesMax {
      lexer.diagnostics.error(
        SourceRange(file: file, bytes: 0..<0),
        "the file has \(source.bytes.count) bytes, more than \(limits.fileBytesMax)",
        help: "cut it in several files and import them")
    } else {
      lexer.checkEncoding()
      lexer.run()
    }
    lexer.finish()
    diagnostics = lexer.diagnostics
    return lexer.tokens
  }

  private init(
    source: SourceFile, file: Int, limits: CompilerLimits, diagnostics: Diagnostics
  ) {
    self.source = source
    self.file = file
    self.limits = limits
    self.diagnostics = diagnostics
  }

  var byte: UInt8? { byte(ahead: 0) }

  func byte(ahead count: Int) -> UInt8? {
    let place = offset + count
    return place < source.bytes.count ? source.bytes[place] : nil
  }

  func range(from start: Int) -> SourceRange {
    SourceRange(file: file, bytes: start..<offset)
  }

  mutating func append(_ kind: Token.Kind, from start: Int, line: Int) {
    if kind == .malformed { malformed += 1 }
    tokens.append(
      Token(kind: kind, range: range(from: start), line: line, leading: pending))
    pending = []
  }

  /// Tokens that are none.
  private var malformed = 0
  /// Comments that wait for the token that they lead.
  private var pending: [Comment] = []

  private mutating func run() {
    if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    while let byte, malformed < limits.malformedMax {
      switch byte {
      case UInt8(ascii: "\n"):
        offset += 1
        line += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0B, 0x0C:
        offset += 1
      case UInt8(ascii: "/") where self.byte(ahead: 1) == UInt8(ascii: "/"):
        add(lineComment())
      case UInt8(ascii: "/") where self.byte(ahead: 1) == UInt8(ascii: "*"):
        add(blockComment())
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        string(quote: byte)
      case _ where byte.isLetter:
        identifier()
      case _ where byte.isDigit:
        number()
      case UInt8(ascii: ".") where self.byte(ahead: 1)?.isDigit == true:
        number()
      default:
        symbol(byte)
      }
    }
  }

  private mutating func finish() {
    if malformed >= limits.malformedMax, offset < source.bytes.count {
      diagnostics.error(
        SourceRange(file: file, bytes: offset..<offset + 1), "the rest of this file is not read",
        help: "it does not look like a schema: name a file of text in proto3")
      // What was found between is by chance.
      tokens = tokens.suffix(1)
    }
    offset = source.bytes.count
    append(.end, from: offset, line: line)
  }

  private mutating func add(_ comment: Comment) {
    if let last = tokens.last, last.line == comment.lines.lowerBound, pending.isEmpty {
      tokens[tokens.count - 1].trailing.append(comment)
    } else {
      pending.append(comment)
    }
  }

  private mutating func identifier() {
    let start = offset
    while let byte, byte.isLetter || byte.isDigit { offset += 1 }
    if offset - start > limits.nameBytesMax {
      diagnostics.error(
        range(from: start), "this name is longer than \(limits.nameBytesMax) letters",
        help: "shorten it")
    }
    let end = min(offset, start + limits.nameBytesMax)
    append(.identifier(source.text(start..<end)), from: start, line: line)
  }

  private mutating func symbol(_ byte: UInt8) {
    let start = offset
    if let symbol = Token.Symbol(rawValue: byte) {
      offset += 1
      append(.symbol(symbol), from: start, line: line)
      return
    }
    // One message for a run of such characters, for example a word in another script.
    while let byte = self.byte, byte >= 0x80 || byte == source.bytes[start] { offset += 1 }
    diagnostics.error(
      range(from: start), "these characters mean nothing here",
      help: "names are made of the letters a to z, digits and `_`; other text stands in comments")
    append(.malformed, from: start, line: line)
  }

  private mutating func checkEncoding() {
    if String(validating: source.bytes, as: UTF8.self) != nil { return }
    // The first bad byte is where the repaired text has its first replacement.
    var decoder = UTF8()
    var bytes = source.bytes.makeIterator()
    var place = 0
    while case .scalarValue(let scalar) = decoder.decode(&bytes) {
      place += UTF8.width(scalar)
    }
    let end = min(place + 1, source.bytes.count)
    diagnostics.error(
      SourceRange(file: file, bytes: place..<end), "the file is not UTF-8 from here on",
      help: "save it as UTF-8")
  }
}

extension UInt8 {
  var isLetter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  /// Its value as a digit of a number to the base 16.
  var hexValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
