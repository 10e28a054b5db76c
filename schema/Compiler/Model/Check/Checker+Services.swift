// SPDX-License-Identifier: Apache-2.0

extension Checker {
  mutating func check(_ syntax: ServiceSyntax, in scope: Scope) -> Service {
    let inner = scope.adding(syntax.name.text)
    let options = checkOptions(syntax.options, of: .service)
    var service = Service(
      name: inner.typeName, range: syntax.name.range,
      documentation: documentation(syntax.comments, isDeprecated: options.isDeprecated))
    for method in syntax.methods {
      let options = checkOptions(method.options, of: .method)
      let number = number(of: method, in: syntax)
      let request = messageType(method.request, in: inner)
      let response = messageType(method.response, in: inner)
      guard let number, let request, let response else { continue }
      service.methods.append(
        Method(
          name: method.name.text, range: method.name.range, number: number, request: request,
          response: response, shape: shape(of: method),
          documentation: documentation(method.comments, isDeprecated: options.isDeprecated)))
    }
    return service
  }

  private func shape(of method: MethodSyntax) -> Method.Shape {
    switch (method.requestStream, method.responseStream) {
    case (nil, nil): .unary
    case (nil, .some): .serverStreaming
    case (.some, nil): .clientStreaming
    case (.some, .some): .bidirectional
    }
  }

  private mutating func messageType(_ name: NameSyntax, in scope: Scope) -> TypeName? {
    if ScalarType(rawValue: name.text) != nil {
      diagnostics.error(
        name.range, "a method takes and returns messages, not `\(name.text)`",
        help: "declare a message with a field of that type")
      return nil
    }
    guard let symbol = find(name, in: scope) else { return nil }
    if case .message(let type) = symbol.kind { return type }
    diagnostics.error(
      name.range, "a method takes and returns messages; `\(name.text)` is \(symbol.kind.words)",
      help: "declare a message with what is needed",
      notes: [Diagnostic.Note(range: symbol.range, message: "declared here")])
    return nil
  }

  /// The number from the comment above a method, or `nil` after an error has been reported.
  private mutating func number(of method: MethodSyntax, in service: ServiceSyntax) -> UInt16? {
    let directives = method.comments.above.compactMap { MethodDirective($0) }
    guard let directive = directives.first else {
      let far = method.comments.detached.compactMap { MethodDirective($0) }.last
      diagnostics.error(
        method.name.range, "method `\(method.name.text)` has no number",
        help: far == nil
          ? "write `// @method N` directly above it; \(Self.numberHelp)"
          : "no empty line may stand between its comment and `rpc`",
        notes: far.map { [Diagnostic.Note(range: $0.range, message: "the number stands here")] }
          ?? [])
      return nil
    }
    if directives.count > 1 {
      diagnostics.error(
        directives[1].range, "method `\(method.name.text)` has two numbers",
        help: "remove one of them",
        notes: [Diagnostic.Note(range: directive.range, message: "the first stands here")])
      return nil
    }
    guard let number = directive.number else {
      diagnostics.error(
        directive.range, "a method's number is one of 1 to \(UInt16.max)",
        help: "write `// @method N`; \(Self.numberHelp)")
      return nil
    }
    let name = NameSyntax(
      text: "\(service.name.text).\(method.name.text)", range: directive.range)
    if let earlier = methodNumbers[number] {
      diagnostics.error(
        directive.range, "number \(number) is taken by method `\(earlier.text)`",
        help: "write another one; methods of all services share the numbers of a connection",
        notes: [Diagnostic.Note(range: earlier.range, message: "first used here")])
      return nil
    }
    methodNumbers[number] = name
    return number
  }

  private static let numberHelp = "N is unique among the methods of all files, and stays for ever"
}
