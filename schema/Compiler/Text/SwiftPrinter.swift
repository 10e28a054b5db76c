// SPDX-License-Identifier: Apache-2.0

/// Lays a tree of Swift out on lines, as swift-format would.
struct SwiftPrinter {
  static let widthMax = 100
  static let indentWidth = 2

  private var lines: [String] = []
  private var depth = 0

  static func print(_ file: SwiftFile) -> String {
    var printer = SwiftPrinter()
    for line in file.header { printer.line("// \(line)") }
    printer.blank()
    for line in file.imports { printer.line(line) }
    for declaration in file.declarations {
      printer.blank()
      printer.declaration(declaration)
    }
    return printer.lines.joined(separator: "\n") + "\n"
  }

  // MARK: Lines

  private mutating func line(_ text: String) {
    lines.append(text.isEmpty ? "" : indentation + text)
  }

  private mutating func blank() { lines.append("") }

  private var indentation: String { String(repeating: " ", count: depth * Self.indentWidth) }

  private var room: Int { Self.widthMax - depth * Self.indentWidth }

  private mutating func indented(_ body: (inout SwiftPrinter) -> Void) {
    depth += 1
    body(&self)
    depth -= 1
  }

  private mutating func docs(_ docs: [String]) {
    for text in DocText.wrapped(docs, width: room - 4) {
      line(text.isEmpty ? "///" : "/// \(text)")
    }
  }

  // MARK: Declarations

  private mutating func declaration(_ declaration: SwiftDeclaration) {
    switch declaration {
    case .type(let type): self.type(type)
    case .variable(let variable): self.variable(variable)
    case .function(let function): self.function(function)
    case .enumCase(let enumCase): self.enumCase(enumCase)
    }
  }

  private mutating func type(_ type: SwiftType) {
    docs(type.docs)
    let inherits = type.inherits.isEmpty ? "" : ": " + type.inherits.joined(separator: ", ")
    let head = "\(type.keyword) \(type.name)\(inherits)"
    if type.members.isEmpty {
      line("\(head) {}")
      return
    }
    line("\(head) {")
    indented { printer in
      for (index, member) in type.members.enumerated() {
        if index > 0, Self.needsBlank(between: type.members[index - 1], member) { printer.blank() }
        printer.declaration(member)
      }
    }
    line("}")
  }

  /// Stored properties stand together, and so do cases; all else has an empty line before it.
  private static func needsBlank(
    between first: SwiftDeclaration, _ second: SwiftDeclaration
  ) -> Bool {
    switch (first, second) {
    case (.variable(let one), .variable(let two)): !one.getter.isEmpty || !two.getter.isEmpty
    case (.enumCase, .enumCase): false
    default: true
    }
  }

  private mutating func variable(_ variable: SwiftVariable) {
    docs(variable.docs)
    var head = "\(variable.keyword) \(variable.name)"
    if let type = variable.type { head += ": \(type)" }
    switch variable.value {
    case .text(let value): line("\(head) = \(value)")
    case .call: if let value = variable.value { call("\(head) = ", value) }
    case .list(let elements): list("\(head) = ", elements)
    case nil where variable.getter.isEmpty: line(head)
    case nil:
      line("\(head) {")
      indented { printer in
        if variable.setter.isEmpty {
          printer.statements(variable.getter)
        } else {
          printer.block("get", variable.getter)
          printer.block("set", variable.setter)
        }
      }
      line("}")
    }
  }

  private mutating func function(_ function: SwiftFunction) {
    docs(function.docs)
    let parameters = function.parameters.map { parameter in
      "\(parameter.name): \(parameter.type)" + (parameter.value.map { " = \($0)" } ?? "")
    }
    var tail = ")" + (function.effects.isEmpty ? "" : " \(function.effects)")
    if let body = function.body { tail += body.isEmpty ? " {}" : " {" }
    let joined = parameters.joined(separator: ", ")
    if function.head.count + 1 + joined.count + tail.count <= room {
      line("\(function.head)(\(joined)\(tail)")
    } else {
      line("\(function.head)(")
      indented { printer in
        if joined.count <= printer.room {
          printer.line(joined)
        } else {
          for (index, parameter) in parameters.enumerated() {
            printer.line(index < parameters.count - 1 ? "\(parameter)," : parameter)
          }
        }
      }
      line(tail)
    }
    guard let body = function.body, !body.isEmpty else { return }
    indented { $0.statements(body) }
    line("}")
  }

  private mutating func enumCase(_ enumCase: SwiftEnumCase) {
    docs(enumCase.docs)
    let payload = enumCase.payload.map { "(\($0))" } ?? ""
    line("\(enumCase.isIndirect ? "indirect " : "")case \(enumCase.name)\(payload)")
  }

  // MARK: Statements

  private mutating func statements(_ statements: [SwiftStatement]) {
    for statement in statements { self.statement(statement) }
  }

  private mutating func statement(_ statement: SwiftStatement) {
    switch statement {
    case .line(let text): line(text)
    case .call(let before, let expression): call(before, expression)
    case .block(let head, let body): block(head, body)
    case .select(let subject, let cases):
      line("switch \(subject) {")
      for item in cases { selectCase(item) }
      line("}")
    }
  }

  private mutating func block(_ head: String, _ body: [SwiftStatement]) {
    // A closure's head has its brace already, with the names of its parameters behind it.
    let open = head.hasSuffix(" in") ? head : "\(head) {"
    if body.count == 1, let only = Self.oneLine(body[0]), "\(open) \(only) }".count <= room {
      line("\(open) \(only) }")
      return
    }
    line(open)
    indented { $0.statements(body) }
    line("}")
  }

  /// Beside its pattern if it is one statement with room for it, else below.
  private mutating func selectCase(_ item: SwiftCase) {
    let pattern = "\(item.pattern):"
    if item.body.count == 1, let only = Self.oneLine(item.body[0]),
      pattern.count + 1 + only.count <= room
    {
      line("\(pattern) \(only)")
      return
    }
    line(pattern)
    indented { $0.statements(item.body) }
  }

  private static func oneLine(_ statement: SwiftStatement) -> String? {
    switch statement {
    case .line(let text): text
    case .call(let before, let expression): before + oneLine(expression)
    case .block, .select: nil
    }
  }

  private static func oneLine(_ expression: SwiftExpression) -> String {
    switch expression {
    case .text(let text): text
    case .call(let callee, let arguments): "\(callee)(\(arguments.joined(separator: ", ")))"
    case .list(let elements): "[\(elements.joined(separator: ", "))]"
    }
  }

  private mutating func list(_ before: String, _ elements: [String]) {
    line("\(before)[")
    indented { printer in
      // swift-format wants no comma behind a single element.
      for element in elements { printer.line(elements.count > 1 ? "\(element)," : element) }
    }
    line("]")
  }

  private mutating func call(_ before: String, _ expression: SwiftExpression) {
    let whole = before + Self.oneLine(expression)
    guard case .call(let callee, let arguments) = expression, whole.count > room,
      !arguments.isEmpty
    else {
      line(whole)
      return
    }
    if "\(before)\(callee)(".count > room, before.hasSuffix(" = ") {
      line(String(before.dropLast()))
      indented { $0.call("", expression) }
      return
    }
    line("\(before)\(callee)(")
    indented { printer in
      let joined = arguments.joined(separator: ", ") + ")"
      if joined.count <= printer.room { return printer.line(joined) }
      for argument in arguments.dropLast() { printer.line("\(argument),") }
      printer.line("\(arguments.last ?? ""))")
    }
  }
}
