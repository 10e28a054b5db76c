// SPDX-License-Identifier: Apache-2.0

extension GatewayConnection {
  /// Runs `body` and frees every object that Java handed out meanwhile, but for those that `body`
  /// kept.
  package nonisolated func scope<Result>(
    _ body: (JavaScope) async throws(Py4JError) -> Result
  ) async throws(Py4JError) -> Result {
    let scope = JavaScope(self)
    do {
      let result = try await body(scope)
      await scope.releaseAll()
      return result
    } catch {
      await scope.releaseAll()
      throw error
    }
  }

  /// Frees an object that was kept beyond its scope.
  package func release(_ reference: JavaReference) async throws(Py4JError) {
    _ = try await perform(.release(reference))
  }

  /// All numeric addresses of a host name, as the JVM's resolver orders them. A static program
  /// cannot ask itself.
  package nonisolated func addresses(of host: String) async throws(Py4JError) -> [String] {
    try await scope { (java) throws(Py4JError) in
      let found = try await java.callStatic("java.net.InetAddress", "getAllByName", .text(host))
      let array = try found.asReference()
      var addresses: [String] = []
      for index in 0..<(try await java.length(of: array)) {
        let address = try await java.element(index, of: array).asReference()
        addresses.append(try await java.call(address, "getHostAddress").asText())
      }
      return addresses
    }
  }
}

/// Calls Java, and remembers what it handed out so that it can be freed together. Made by
/// `GatewayConnection.scope`.
package final class JavaScope {
  private let connection: GatewayConnection
  private var held: [JavaReference] = []

  fileprivate init(_ connection: GatewayConnection) {
    self.connection = connection
  }

  /// Calls a method of an object.
  package func call(
    _ object: JavaReference, _ method: String, _ arguments: Py4JValue...
  ) async throws(Py4JError) -> Py4JValue {
    try await perform(.call(.object(object), method: method, arguments: arguments))
  }

  /// Calls a method that gives an object.
  package func object(
    _ object: JavaReference, _ method: String, _ arguments: Py4JValue...
  ) async throws(Py4JError) -> JavaReference {
    try await perform(.call(.object(object), method: method, arguments: arguments)).asReference()
  }

  package func callStatic(
    _ className: String, _ method: String, _ arguments: Py4JValue...
  ) async throws(Py4JError) -> Py4JValue {
    try await perform(.call(.type(className), method: method, arguments: arguments))
  }

  package func construct(
    _ className: String, _ arguments: Py4JValue...
  ) async throws(Py4JError) -> JavaReference {
    try await perform(.construct(className: className, arguments: arguments)).asReference()
  }

  /// The elements of a Java collection of texts as one text, with `separator` between them: one
  /// round trip.
  package func join(
    _ collection: JavaReference, separator: String
  ) async throws(Py4JError) -> String {
    try await callStatic("java.lang.String", "join", .text(separator), .reference(collection))
      .asText()
  }

  /// A `String[]`, whatever the number of its elements, in three round trips. No element may hold
  /// U+0000.
  package func textArray(_ elements: [String]) async throws(Py4JError) -> JavaReference {
    guard !elements.isEmpty else {
      return try await perform(.newArray(className: "java.lang.String", length: 0)).asReference()
    }
    let separator = "\u{0}"
    let pattern = try await callStatic(
      "java.util.regex.Pattern", "compile", .text(separator)
    ).asReference()
    // Limit -1: empty elements at the end are kept.
    return try await object(
      pattern, "split", .text(elements.joined(separator: separator)), .int(-1))
  }

  package func length(of array: JavaReference) async throws(Py4JError) -> Int32 {
    let length = try await perform(.arrayLength(array)).asInteger()
    return Int32(clamping: max(0, length))
  }

  package func element(
    _ index: Int32, of array: JavaReference
  ) async throws(Py4JError) -> Py4JValue {
    try await perform(.arrayElement(array, index: index))
  }

  package func perform(_ command: Command) async throws(Py4JError) -> Py4JValue {
    let value = try await connection.perform(command)
    if case .reference(let reference) = value { held.append(reference) }
    return value
  }

  /// Takes an object out of the scope: it lives on until it is released by itself.
  package func keep(_ reference: JavaReference) -> JavaReference {
    held.removeAll { $0 == reference }
    return reference
  }

  fileprivate func releaseAll() async {
    for reference in held {
      // Fails only when the connection or the object is gone: nothing is left to free then.
      _ = try? await connection.perform(.release(reference))
    }
    held = []
  }
}
