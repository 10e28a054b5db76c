// SPDX-License-Identifier: Apache-2.0

extension String: JSONWritable {
  /// Writes a text in quotes.
  public func write(to writer: inout JSONWriter) { writer.string(self) }
}

extension Bool: JSONWritable {
  /// Writes `true` or `false`.
  public func write(to writer: inout JSONWriter) { writer.literal(self ? "true" : "false") }
}

extension Int: JSONWritable {
  /// Writes a whole number.
  public func write(to writer: inout JSONWriter) { writer.literal(String(self)) }
}

extension Int64: JSONWritable {
  /// Writes a whole number.
  public func write(to writer: inout JSONWriter) { writer.literal(String(self)) }
}

extension Double: JSONWritable {
  /// Writes the shortest text that reads as the same number; what JSON cannot say becomes `0.0`.
  public func write(to writer: inout JSONWriter) {
    writer.literal(isFinite ? description : "0.0")
  }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
  /// Writes the value, or `null`: nothing is left out.
  public func write(to writer: inout JSONWriter) {
    if let self { self.write(to: &writer) } else { writer.literal("null") }
  }
}

extension Array: JSONWritable where Element: JSONWritable {
  /// Writes a list.
  public func write(to writer: inout JSONWriter) {
    writer.array { writer in
      for element in self { element.write(to: &writer) }
    }
  }
}

extension Dictionary: JSONWritable where Key == String, Value: JSONWritable {
  /// Writes an object, its names sorted, so that the same answer has the same bytes.
  public func write(to writer: inout JSONWriter) {
    writer.object { writer in
      for (name, value) in sorted(by: { $0.key < $1.key }) { writer.field(name, value) }
    }
  }
}

extension JSONText: JSONWritable {
  /// Writes the document as it is.
  public func write(to writer: inout JSONWriter) { writer.raw(self) }
}

extension JSONValue: JSONWritable {
  /// Writes the value; numbers with the digits they came with.
  public func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.literal("null")
    case .bool(let bool): bool.write(to: &writer)
    case .number(let number): writer.literal(number.literal)
    case .string(let text): writer.string(text)
    case .array(let values): values.write(to: &writer)
    case .object(let members):
      writer.object { writer in
        for member in members { writer.field(member.name, member.value) }
      }
    }
  }
}
