// SPDX-License-Identifier: Apache-2.0

extension Parser {
  mutating func service() throws(Unreadable) -> ServiceSyntax {
    let comments = leadingComments()
    advance()
    var service = ServiceSyntax(name: try name(of: "the service"), comments: comments)
    if isAt(.braceOpen) { service.comments.behind = current.trailing.flatMap(\.text) }
    try body(of: "service `\(service.name.text)`") { (parser) throws(Unreadable) in
      try parser.serviceStatement(&service)
    }
    return service
  }

  private mutating func serviceStatement(_ service: inout ServiceSyntax) throws(Unreadable) {
    if take(.semicolon) { return }
    if isAt("option") {
      service.options.append(try optionStatement())
      return
    }
    guard isAt("rpc") else {
      throw fail(
        "`rpc` must stand here", help: "write `rpc Name(Request) returns (Response);`")
    }
    var comments = leadingComments()
    for line in comments.above + comments.detached { methodComments.insert(line.range) }
    advance()
    let name = try name(of: "the method")
    let (request, requestStream) = try methodType("the request")
    guard take("returns") else {
      throw fail(
        "`returns` must stand behind the request",
        help: "write `rpc \(name.text)(\(request.text)) returns (Response);`")
    }
    let (response, responseStream) = try methodType("the response")
    var options: [OptionSyntax] = []
    if isAt(.braceOpen) {
      comments.behind = current.trailing.flatMap(\.text)
      try body(of: "method `\(name.text)`") { (parser) throws(Unreadable) in
        if parser.take(.semicolon) { return }
        guard parser.isAt("option") else {
          throw parser.fail("`option` must stand here", help: "remove it")
        }
        options.append(try parser.optionStatement())
      }
    } else {
      try semicolon(after: "method `\(name.text)`")
      comments.behind = trailingComments()
    }
    service.methods.append(
      MethodSyntax(
        name: name, request: request, response: response, requestStream: requestStream,
        responseStream: responseStream, options: options, comments: comments))
  }

  /// `(Type)` or `(stream Type)`.
  private mutating func methodType(
    _ thing: String
  ) throws(Unreadable) -> (NameSyntax, SourceRange?) {
    try expect(.parenthesisOpen, "before \(thing)", help: "write `(Name)`")
    var stream: SourceRange?
    if isAt("stream") {
      stream = current.range
      advance()
    }
    let name = try path(of: thing)
    try expect(.parenthesisClose, "behind \(thing)", help: "write `(\(name.text))`")
    return (name, stream)
  }
}
