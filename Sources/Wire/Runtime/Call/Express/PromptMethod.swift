// SPDX-License-Identifier: Apache-2.0

/// A handler that answers at once, with its types erased. It runs within the delivery of the
/// request and answers by `ConnectionCore.respond`.
@usableFromInline
struct PromptMethod: Sendable {
  @usableFromInline var run:
    @Sendable (FrameHeader, UnsafeRawBufferPointer, CallContext, ConnectionCore) -> Void

  @inlinable
  init<Request, Response>(
    _ method: UnaryMethod<Request, Response>,
    _ handler: @escaping @Sendable (Request, CallContext) throws -> Response
  ) {
    run = { header, payload, context, core in
      let response: Response
      do {
        let request = try Request(received: payload, asRequestOf: method.name)
        response = try handler(request, context)
      } catch {
        return core.refuse(header, with: CallError(thrownBy: method.name, error))
      }
      core.respond(header, response)
    }
  }
}

/// The prompt methods by number. An array from the lowest number to the highest, since a look into
/// a dictionary would cost as much as a small call.
struct PromptTable: Sendable {
  private var first: UInt16 = 0
  private var methods: [PromptMethod?] = []

  init(_ byNumber: [UInt16: PromptMethod]) {
    guard let first = byNumber.keys.min(), let last = byNumber.keys.max() else { return }
    self.first = first
    methods = (first...last).map { byNumber[$0] }
  }

  subscript(number: UInt16) -> PromptMethod? {
    let index = Int(number) - Int(first)
    return methods.indices.contains(index) ? methods[index] : nil
  }
}
