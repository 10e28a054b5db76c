// SPDX-License-Identifier: Apache-2.0

/// What we say to the gateway. Each is a few lines; `encoded` gives their bytes.
package enum Command: Equatable, Sendable {
  /// Must come first on a connection.
  case authenticate(secret: String)
  case call(JavaTarget, method: String, arguments: [Py4JValue])
  case construct(className: String, arguments: [Py4JValue])
  /// The value of a static field; Scala's objects are the field `MODULE$` of the class `Name$`.
  case staticField(className: String, field: String)
  case newArray(className: String, length: Int32)
  case arrayElement(JavaReference, index: Int32)
  case setArrayElement(JavaReference, index: Int32, Py4JValue)
  case arrayLength(JavaReference)
  case release(JavaReference)
  case stackTrace(JavaReference)
}

/// What a method is called on.
package enum JavaTarget: Equatable, Sendable {
  case object(JavaReference)
  /// A class, by its full name: a static method.
  case type(String)
}

extension Command {
  /// LF-terminated lines, the last one the letter `e`; the secret's command has two lines and no
  /// end.
  package var encoded: [UInt8] {
    var lines = CommandLines()
    switch self {
    case .authenticate(let secret):
      lines.addWord("A")
      lines.add(escaping: secret)
      return lines.bytes
    case .call(let target, let method, let arguments):
      lines.addWord("c")
      switch target {
      case .object(let reference): lines.add(escaping: reference.id)
      case .type(let name): lines.add("z:", escaping: name)
      }
      lines.add(escaping: method)
      lines.add(arguments)
    case .construct(let className, let arguments):
      lines.addWord("i")
      lines.add(escaping: className)
      lines.add(arguments)
    case .staticField(let className, let field):
      lines.addWord("r")
      lines.addWord("m")
      lines.add(escaping: className)
      lines.add(escaping: field)
    case .newArray(let className, let length):
      lines.addWord("a")
      lines.addWord("c")
      lines.add("s", escaping: className)
      lines.add(.int(length))
    case .arrayElement(let array, let index):
      lines.addArray("g", array)
      lines.add(.int(index))
    case .setArrayElement(let array, let index, let value):
      lines.addArray("s", array)
      lines.add(.int(index))
      lines.add(value)
    case .arrayLength(let array):
      lines.addArray("e", array)
    case .release(let reference):
      lines.addWord("m")
      lines.addWord("d")
      lines.add(escaping: reference.id)
    case .stackTrace(let throwable):
      lines.addWord("p")
      lines.add(.reference(throwable))
    }
    lines.addWord("e")
    return lines.bytes
  }
}

/// Lines of one command on their way to bytes. Everything that is not a fixed word is escaped, so
/// that nothing can begin a line of its own.
private struct CommandLines {
  private(set) var bytes: [UInt8] = []

  mutating func addWord(_ word: StaticString) {
    add(word, escaping: "")
  }

  mutating func add(_ mark: StaticString = "", escaping text: String) {
    mark.withUTF8Buffer { bytes.append(contentsOf: $0) }
    Py4JText.escape(text, into: &bytes)
    bytes.append(Py4JText.lineFeed)
  }

  mutating func addArray(_ action: StaticString, _ array: JavaReference) {
    addWord("a")
    addWord(action)
    add(escaping: array.id)
  }

  mutating func add(_ values: [Py4JValue]) {
    for value in values { add(value) }
  }

  mutating func add(_ value: Py4JValue) {
    switch value {
    case .null: addWord("n")
    case .bool(let bool): add("b", escaping: bool ? "true" : "false")
    case .int(let int): add("i", escaping: String(int))
    case .long(let long): add("L", escaping: String(long))
    case .double(let double): add("d", escaping: Py4JText.javaNotation(of: double))
    case .decimal(let notation): add("D", escaping: notation)
    case .text(let text): add("s", escaping: text)
    case .bytes(let content): add("j", escaping: Base64.encode(content))
    case .reference(let reference): add("r", escaping: reference.id)
    }
  }
}
