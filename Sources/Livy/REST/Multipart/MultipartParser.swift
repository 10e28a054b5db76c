// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Takes a `multipart/form-data` body (RFC 7578, RFC 2046) apart while it arrives, however its bytes
/// are cut.
///
///     preamble --boundary--> delimiter --CRLF--> headers --CRLF CRLF--> body --boundary--> delimiter
///                                  '---"--"---> epilogue
package struct MultipartParser: Sendable {
  package enum Event: Equatable, Sendable {
    /// A part begins; a file has a name of its own.
    case part(name: String, fileName: String?)
    case bytes([UInt8])
    case partEnd
  }

  private enum State: Equatable {
    case preamble
    case delimiter
    case headers
    case body
    case epilogue
  }

  /// Bytes before the first boundary, of blanks behind one, and of the headers of one part.
  package static let headBytesMax = 16 << 10
  package static let partsMax = 64

  /// With the line's end before it, which belongs to it.
  private let boundary: [UInt8]
  private var state = State.preamble
  /// Begins as if a line had ended: the first boundary may stand at the very start.
  private var buffer = lineEnd
  private var parts = 0
  private var skipped = 0

  private static let lineEnd = Array("\r\n".utf8)
  private static let headEnd = Array("\r\n\r\n".utf8)
  private static let close = Array("--".utf8)

  package init(boundary: String) {
    self.boundary = Array("\r\n--\(boundary)".utf8)
  }

  package mutating func receive(_ bytes: [UInt8]) throws(MultipartError) -> [Event] {
    buffer += bytes
    var events: [Event] = []
    while try step(&events) {}
    return events
  }

  /// The body has ended. Throws when the form has not.
  package func finish() throws(MultipartError) {
    guard state == .epilogue else {
      throw MultipartError("The form ends before its last boundary")
    }
  }

  /// False when more bytes are needed.
  private mutating func step(_ events: inout [Event]) throws(MultipartError) -> Bool {
    switch state {
    case .preamble:
      let found = pass(upTo: boundary)
      skipped += found.bytes.count
      guard skipped <= Self.headBytesMax else {
        throw MultipartError("The form does not begin with the boundary that its type names")
      }
      if found.isWhole { state = .delimiter }
      return found.isWhole
    case .delimiter: return try passDelimiter()
    case .headers: return try passHeaders(&events)
    case .body:
      let found = pass(upTo: boundary)
      if !found.bytes.isEmpty { events.append(.bytes(found.bytes)) }
      if found.isWhole {
        events.append(.partEnd)
        state = .delimiter
      }
      return found.isWhole
    case .epilogue:
      buffer = []
      return false
    }
  }

  /// Behind a boundary: the form's end, or blanks and the line's end, which is left for the headers.
  private mutating func passDelimiter() throws(MultipartError) -> Bool {
    guard buffer.count >= 2 else { return false }
    if buffer.starts(with: Self.close) {
      state = .epilogue
      return true
    }
    let blanks = buffer.prefix { $0 == 0x20 || $0 == 0x09 }.count
    guard blanks <= Self.headBytesMax else { throw MultipartError("A boundary's line is too long") }
    let rest = buffer[blanks...].prefix(2)
    guard Self.lineEnd.starts(with: rest) else {
      throw MultipartError("Something stands behind a boundary")
    }
    guard rest.count == 2 else { return false }
    buffer.removeFirst(blanks)
    parts += 1
    guard parts <= Self.partsMax else {
      throw MultipartError("The form has more than \(Self.partsMax) parts")
    }
    state = .headers
    return true
  }

  private mutating func passHeaders(_ events: inout [Event]) throws(MultipartError) -> Bool {
    guard let end = Self.find(Self.headEnd, in: buffer) else {
      guard buffer.count <= Self.headBytesMax else {
        throw MultipartError("The headers of a part are longer than \(Self.headBytesMax) bytes")
      }
      return false
    }
    guard end <= Self.headBytesMax else {
      throw MultipartError("The headers of a part are longer than \(Self.headBytesMax) bytes")
    }
    let head = String(decoding: buffer[..<end], as: UTF8.self)
    buffer.removeFirst(end + Self.headEnd.count)
    let disposition = head.split(separator: "\r\n").first {
      $0.lowercased().hasPrefix("content-disposition:")
    }
    guard let disposition else { throw MultipartError("A part has no Content-Disposition") }
    let fields = MultipartFields(String(disposition))
    guard let name = fields["name"] else { throw MultipartError("A part has no name") }
    events.append(.part(name: name, fileName: fields.fileName))
    state = .body
    return true
  }

  /// The bytes before `mark`, which is taken too; or, where it is not there yet, those that cannot
  /// belong to it.
  private mutating func pass(upTo mark: [UInt8]) -> (bytes: [UInt8], isWhole: Bool) {
    if let place = Self.find(mark, in: buffer) {
      let bytes = Array(buffer[..<place])
      buffer.removeFirst(place + mark.count)
      return (bytes, true)
    }
    let count = max(0, buffer.count - (mark.count - 1))
    let bytes = Array(buffer[..<count])
    buffer.removeFirst(count)
    return (bytes, false)
  }

  private static func find(_ mark: [UInt8], in bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let first = mark.first else { return nil }
      var start = 0
      while start + mark.count <= bytes.count {
        let candidates = bytes.count - mark.count + 1 - start
        guard let found = memchr(base + start, Int32(first), candidates) else { return nil }
        start = UnsafeRawPointer(found) - base
        if mark.withUnsafeBytes({ $0.elementsEqual(bytes[start..<(start + mark.count)]) }) {
          return start
        }
        start += 1
      }
      return nil
    }
  }
}

/// What is wrong with a form, in words.
package struct MultipartError: Error, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
