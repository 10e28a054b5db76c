// SPDX-License-Identifier: Apache-2.0

/// Makes four things of a service: its methods, a client, the protocol of what answers it, and how
/// that is served.
struct ServiceTranslator {
  let names: SwiftNames
  let visibility: SwiftVisibility

  func translate(_ service: Service) -> [SwiftDeclaration] {
    let serviceNames = ServiceNames(service)
    return [
      .type(methods(service, serviceNames)), .type(client(service, serviceNames)),
      .type(handler(service, serviceNames)), .type(serving(service, serviceNames)),
    ]
  }

  private func methods(_ service: Service, _ serviceNames: ServiceNames) -> SwiftType {
    SwiftType(
      docs: ["The methods of `\(service.name.last)`, as both sides number them."],
      keyword: "\(visibility.prefix)enum", name: serviceNames.service,
      members: service.methods.map { method in
        let shape =
          switch method.shape {
          case .unary: "UnaryMethod"
          case .serverStreaming: "ServerStreamingMethod"
          case .clientStreaming: "ClientStreamingMethod"
          case .bidirectional: "BidirectionalStreamingMethod"
          }
        return .variable(
          SwiftVariable(
            keyword: "\(visibility.prefix)static let", name: SwiftSpelling.method(method.name),
            value: .call(
              "\(shape)<\(names.type(method.request)), \(names.type(method.response))>",
              [
                "number: \(method.number)",
                "name: \"\(service.name.last).\(method.name)\"",
              ])))
      })
  }

  private func client(_ service: Service, _ serviceNames: ServiceNames) -> SwiftType {
    let access = visibility.prefix
    return SwiftType(
      docs: documentation(service), keyword: "\(access)struct", name: serviceNames.client,
      inherits: ["Sendable"],
      members: [
        .variable(
          SwiftVariable(keyword: "\(access)let", name: "connection", type: "Connection")),
        .function(
          SwiftFunction(
            head: "\(access)init",
            parameters: [SwiftParameter(name: "_ connection", type: "Connection")],
            body: [.line("self.connection = connection")])),
      ] + service.methods.map { .function(call($0, serviceNames)) })
  }

  private func call(_ method: Method, _ serviceNames: ServiceNames) -> SwiftFunction {
    let name = SwiftSpelling.method(method.name)
    let (request, response) = (names.type(method.request), names.type(method.response))
    let (verb, result) =
      switch method.shape {
      case .unary: ("call", response)
      case .serverStreaming: ("open", "ItemStream<\(response)>")
      case .clientStreaming: ("open", "ClientStreamingCall<\(request), \(response)>")
      case .bidirectional: ("open", "BidirectionalCall<\(request), \(response)>")
      }
    let takesRequest = !method.shape.takesItems
    return SwiftFunction(
      docs: method.documentation.docs, head: "\(visibility.prefix)func \(name)",
      parameters: (takesRequest ? [SwiftParameter(name: "_ request", type: request)] : [])
        + [SwiftParameter(name: "timeout", type: "Duration?", value: "nil")],
      effects: "async throws(CallError) -> \(result)",
      body: [
        .call(
          before: "try await ",
          .call(
            "connection.\(verb)",
            ["\(serviceNames.service).\(name)"] + (takesRequest ? ["request"] : [])
              + ["timeout: timeout"]))
      ])
  }

  private func handler(_ service: Service, _ serviceNames: ServiceNames) -> SwiftType {
    SwiftType(
      docs: documentation(service), keyword: "\(visibility.prefix)protocol",
      name: serviceNames.handler, inherits: ["Sendable"],
      members: service.methods.map { method in
        let (request, response) = (names.type(method.request), names.type(method.response))
        var parameters = [
          method.shape.takesItems
            ? SwiftParameter(name: "_ requests", type: "ItemStream<\(request)>")
            : SwiftParameter(name: "_ request", type: request),
          SwiftParameter(name: "_ call", type: "CallContext"),
        ]
        if method.shape.answersItems {
          parameters.append(SwiftParameter(name: "_ items", type: "ItemSink<\(response)>"))
        }
        return .function(
          SwiftFunction(
            docs: method.documentation.docs, head: "func \(SwiftSpelling.method(method.name))",
            parameters: parameters,
            effects: method.shape.answersItems ? "async throws" : "async throws -> \(response)"))
      })
  }

  private func serving(_ service: Service, _ serviceNames: ServiceNames) -> SwiftType {
    let body: [SwiftStatement] = service.methods.map { method in
      let name = SwiftSpelling.method(method.name)
      let request = method.shape.takesItems ? "requests" : "request"
      let arguments = "\(request), call" + (method.shape.answersItems ? ", items" : "")
      return .block(
        "on(\(serviceNames.service).\(name)) { \(arguments) in",
        [.line("try await handler.\(name)(\(arguments))")])
    }
    return SwiftType(
      keyword: "extension", name: "MethodTable",
      members: [
        .function(
          SwiftFunction(
            docs: ["Answers the methods of `\(service.name.last)` with a handler's."],
            head: "\(visibility.prefix)mutating func serve",
            parameters: [SwiftParameter(name: "_ handler", type: "some \(serviceNames.handler)")],
            body: body))
      ])
  }

  private func documentation(_ service: Service) -> [String] { service.documentation.docs }
}
