// SPDX-License-Identifier: Apache-2.0

internal import WireCodec
/// The methods that one side of a connection answers, by their numbers. Filled before the
/// connection starts.
///
/// Handlers run in tasks of the connection, on its loop until they await something elsewhere: they
/// must not block. A `CallError` that they throw travels to the caller; of any other error only the
/// type is told.
@usableFromInline
package struct MethodTable: Sendable {
  private(set) var methods: [UInt16: ServedMethod] = [:]
  private(set) var prompt: [UInt16: PromptMethod] = [:]

  package init() {}

  /// Answers `method` with `handler`. Registering a number twice is a bug of ours and stops the
  /// program.
  package mutating func on<Request, Response>(
    _ method: UnaryMethod<Request, Response>,
    _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
  ) {
    add(
      ServedMethod(name: method.name, shape: .unary) { bytes, context, _ in
        let request = try Request(received: bytes, asRequestOf: method.name)
        return try await handler(request, context).encodedApart()
      }, at: method.number)
  }

  /// Answers `method` with a handler that needs to wait for nothing and takes microseconds. It runs
  /// within the delivery of the request, on the loop, which saves a task for each call; while it
  /// runs, nothing else of the loop does. Calls that it begins inherit neither deadline nor trace.
  @inlinable
  package mutating func answerAtOnce<Request, Response>(
    _ method: UnaryMethod<Request, Response>,
    with handler: @escaping @Sendable (Request, CallContext) throws -> Response
  ) {
    addPrompt(method, handler, PromptMethod(method, handler))
  }

  /// Answers `method` with the items that `handler` sends; its return ends the stream in order.
  package mutating func on<Request, Item>(
    _ method: ServerStreamingMethod<Request, Item>,
    _ handler: @escaping @Sendable (Request, CallContext, ItemSink<Item>) async throws -> Void
  ) {
    add(
      ServedMethod(name: method.name, shape: .serverStreaming) { bytes, context, outlet in
        let request = try Request(received: bytes, asRequestOf: method.name)
        try await handler(request, context, ItemSink(outlet))
        return []
      }, at: method.number)
  }

  /// Answers `method` with what `handler` returns; it reads the caller's items meanwhile, and may
  /// return before they end.
  package mutating func on<Item, Response>(
    _ method: ClientStreamingMethod<Item, Response>,
    _ handler: @escaping @Sendable (ItemStream<Item>, CallContext) async throws -> Response
  ) {
    add(
      ServedMethod(name: method.name, shape: .clientStreaming) { _, context, outlet in
        try await handler(ItemStream(outlet.requests(of: method.name)), context).encodedApart()
      }, at: method.number)
  }

  /// Answers `method` with the items that `handler` sends while it reads those of the caller; its
  /// return ends the stream in order, also before the caller's items end.
  package mutating func on<Item, Answer>(
    _ method: BidirectionalStreamingMethod<Item, Answer>,
    _ handler:
      @escaping @Sendable (ItemStream<Item>, CallContext, ItemSink<Answer>) async throws -> Void
  ) {
    add(
      ServedMethod(name: method.name, shape: .bidirectional) { _, context, outlet in
        try await handler(ItemStream(outlet.requests(of: method.name)), context, ItemSink(outlet))
        return []
      }, at: method.number)
  }

  @usableFromInline
  mutating func addPrompt<Request, Response>(
    _ method: UnaryMethod<Request, Response>,
    _ handler: @escaping @Sendable (Request, CallContext) throws -> Response, _ prompt: PromptMethod
  ) {
    // For requests that come in pieces.
    on(method) { request, context in try handler(request, context) }
    self.prompt[method.number] = prompt
  }

  private mutating func add(_ method: ServedMethod, at number: UInt16) {
    precondition(number != 0, "\(method.name): 0 is not the number of a method")
    let before = methods.updateValue(method, forKey: number)
    precondition(before == nil, "\(method.name): number \(number) is taken")
  }
}

/// How many messages ask, and how many answer.
enum MethodShape: Sendable {
  case unary
  case serverStreaming
  case clientStreaming
  case bidirectional

  /// The caller sends a stream of items instead of one request.
  var takesItems: Bool {
    switch self {
    case .unary, .serverStreaming: false
    case .clientStreaming, .bidirectional: true
    }
  }

  /// The handler sends a stream of items instead of one response.
  var answersItems: Bool {
    switch self {
    case .unary, .clientStreaming: false
    case .serverStreaming, .bidirectional: true
    }
  }
}

/// A handler with its types erased: bytes in, bytes out. The result of a stream's handler is not
/// sent.
struct ServedMethod: Sendable {
  var name: String
  var shape: MethodShape
  var run: @Sendable (EncodedMessage, CallContext, ItemOutlet) async throws -> EncodedMessage
}
