// SPDX-License-Identifier: Apache-2.0

/// What a run's files say, checked: each name is found, each number is valid and used once.
package struct Schema: Sendable {
  package var files: [SchemaFile]
}

package struct SchemaFile: Sendable {
  /// Index of its source among the files of the run.
  package var source: Int
  package var path: String
  /// Whether it is the compiler's own copy of one of protobuf's files, whose code is there already.
  package var isWellKnown = false
  package var messages: [Message] = []
  package var enumerations: [Enumeration] = []
  package var services: [Service] = []
}

/// The name of a message, an enum or a service.
package struct TypeName: Hashable, Sendable {
  /// With package and surrounding messages, without a dot before it.
  package var full: String
  /// The surrounding messages and the name itself.
  package var path: [String]

  package var last: String { path.last ?? "" }
}

/// Lines of a comment, for the docs of the generated declaration.
package struct Documentation: Equatable, Sendable {
  package var lines: [String] = []
  package var isDeprecated = false
}

package struct Message: Sendable {
  package var name: TypeName
  package var range: SourceRange
  package var documentation: Documentation
  /// In the order of the file, those of oneofs included.
  package var fields: [Field] = []
  package var oneofs: [Oneof] = []
  package var messages: [Message] = []
  package var enumerations: [Enumeration] = []

  /// Types of its fields, and of those of the messages inside of it.
  var usedTypes: [TypeName] {
    fields.compactMap(\.type.name) + messages.flatMap(\.usedTypes)
  }
}

package struct Field: Sendable {
  /// How often a field can be there, and how that is seen.
  package enum Cardinality: Equatable, Sendable {
    /// Without presence: left out if it has its default.
    case singular
    /// With presence: messages, and what is marked `optional`.
    case optional
    /// Each element with its tag.
    case repeated
    /// All elements behind one tag.
    case packed
    case map(key: ScalarType)
    /// The member of a oneof, by its index in the message.
    case member(oneof: Int)
  }

  package var name: String
  /// Its name in JSON, as `json_name` says or as it follows from `name`.
  package var jsonName: String
  package var range: SourceRange
  package var number: UInt32
  package var type: FieldType
  package var cardinality: Cardinality
  package var documentation: Documentation
  /// Whether descriptions of its message must not show its value.
  package var isSecret = false
  /// Whether it is a message that stands in a box on the heap.
  package var isBoxed = false
}

package enum FieldType: Hashable, Sendable {
  case scalar(ScalarType)
  case enumeration(TypeName)
  case message(TypeName)

  /// Of a message or an enum.
  var name: TypeName? {
    switch self {
    case .scalar: nil
    case .enumeration(let name), .message(let name): name
    }
  }

  /// The low three bits of a single value's tag.
  package var wireType: UInt32 {
    switch self {
    case .scalar(let scalar): scalar.wireType
    case .enumeration: 0
    case .message: 2
    }
  }
}

package struct Oneof: Sendable {
  package var name: String
  package var range: SourceRange
  package var documentation: Documentation
}

package struct Enumeration: Sendable {
  package var name: TypeName
  package var range: SourceRange
  package var documentation: Documentation
  /// In the order of the file; the first one has number 0.
  package var values: [EnumerationValue] = []
}

package struct EnumerationValue: Sendable {
  package var name: String
  package var range: SourceRange
  package var number: Int32
  package var documentation: Documentation
  /// Whether a value before it has the same number.
  package var isAlias = false
}

package struct Service: Sendable {
  package var name: TypeName
  package var range: SourceRange
  package var documentation: Documentation
  package var methods: [Method] = []

  var usedTypes: [TypeName] { methods.flatMap { [$0.request, $0.response] } }
}

package struct Method: Sendable {
  package enum Shape: Sendable {
    case unary
    case serverStreaming
    case clientStreaming
    case bidirectional

    /// The request is a stream.
    var takesItems: Bool { self == .clientStreaming || self == .bidirectional }
    /// The response is a stream.
    var answersItems: Bool { self == .serverStreaming || self == .bidirectional }
  }

  package var name: String
  package var range: SourceRange
  package var number: UInt16
  package var request: TypeName
  package var response: TypeName
  package var shape: Shape
  package var documentation: Documentation
}
