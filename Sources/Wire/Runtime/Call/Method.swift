// SPDX-License-Identifier: Apache-2.0

public import WireCodec
/// A method with one request and one response. Generated, one constant a method.
@usableFromInline
package struct UnaryMethod<Request: WireMessage, Response: WireMessage>: Sendable {
  /// Unique among all methods that can be called over one connection; 1 to 65,535.
  @usableFromInline package let number: UInt16
  /// `Service.Method`, for errors and traces.
  @usableFromInline package let name: String

  package init(number: UInt16, name: String) {
    self.number = number
    self.name = name
  }
}

/// A method with one request that is answered by a stream of items and an end.
@usableFromInline
package struct ServerStreamingMethod<Request: WireMessage, Item: WireMessage>: Sendable {
  package let number: UInt16
  package let name: String

  package init(number: UInt16, name: String) {
    self.number = number
    self.name = name
  }
}

/// A method that takes a stream of items and an end, and answers with one response.
package struct ClientStreamingMethod<Item: WireMessage, Response: WireMessage>: Sendable {
  package let number: UInt16
  package let name: String

  package init(number: UInt16, name: String) {
    self.number = number
    self.name = name
  }
}

/// A method that takes a stream of items and answers with one, both at once.
package struct BidirectionalStreamingMethod<Item: WireMessage, Answer: WireMessage>: Sendable {
  package let number: UInt16
  package let name: String

  package init(number: UInt16, name: String) {
    self.number = number
    self.name = name
  }
}
