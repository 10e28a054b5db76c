// SPDX-License-Identifier: Apache-2.0

/// A file as it is written: names are not looked up, numbers not checked.
package struct FileSyntax: Equatable, Sendable {
  /// What `syntax` says, with its place.
  package var syntax: NameSyntax?
  package var package: NameSyntax?
  package var imports: [ImportSyntax] = []
  package var options: [OptionSyntax] = []
  package var declarations: [DeclarationSyntax] = []
  /// Whether something was left out that may have declared a type. Then "no such type" may be
  /// wrong.
  package var isPartial = false
  /// Comment lines that stand above no `rpc`.
  package var commentsWithoutMethod: [CommentLine] = []
  /// Comment lines that stand neither above a field nor behind it.
  package var commentsWithoutField: [CommentLine] = []
}

package enum DeclarationSyntax: Equatable, Sendable {
  case message(MessageSyntax)
  case enumeration(EnumSyntax)
  case service(ServiceSyntax)
}

/// A name, perhaps with dots in it.
package struct NameSyntax: Hashable, Sendable {
  package var text: String
  package var range: SourceRange
}

/// A number with its sign.
package struct NumberSyntax: Equatable, Sendable {
  /// `nil` if it does not fit 64 bits.
  package var value: Int64?
  package var range: SourceRange
}

/// The comments at a declaration.
package struct CommentsSyntax: Equatable, Sendable {
  /// The block directly above, with no empty line between.
  package var above: [CommentLine] = []
  /// On the line of the declaration's `;` or `{`.
  package var behind: [CommentLine] = []
  /// Further up.
  package var detached: [CommentLine] = []
}

package struct ImportSyntax: Equatable, Sendable {
  package var path: NameSyntax
  package var isPublic: Bool
}

package struct OptionSyntax: Equatable, Sendable {
  package enum Value: Equatable, Sendable {
    case name(String)
    case integer(Int64?)
    case float(Double)
    case string(String)
    case aggregate
  }

  package var name: NameSyntax
  package var value: Value
  package var valueRange: SourceRange
}

package struct MessageSyntax: Equatable, Sendable {
  package var name: NameSyntax
  package var comments: CommentsSyntax
  package var options: [OptionSyntax] = []
  package var members: [MemberSyntax] = []
  package var reserved: [ReservedSyntax] = []
}

package enum MemberSyntax: Equatable, Sendable {
  case field(FieldSyntax)
  case oneof(OneofSyntax)
  case message(MessageSyntax)
  case enumeration(EnumSyntax)
}

package struct FieldSyntax: Equatable, Sendable {
  package enum Label: Equatable, Sendable {
    case optional
    case repeated
  }

  package var label: Label?
  package var labelRange: SourceRange?
  package var type: TypeSyntax
  package var name: NameSyntax
  package var number: NumberSyntax
  package var options: [OptionSyntax]
  package var comments: CommentsSyntax
}

package enum TypeSyntax: Equatable, Sendable {
  case named(NameSyntax)
  case map(key: NameSyntax, value: NameSyntax, range: SourceRange)

  package var range: SourceRange {
    switch self {
    case .named(let name): name.range
    case .map(_, _, let range): range
    }
  }
}

package struct OneofSyntax: Equatable, Sendable {
  package var name: NameSyntax
  package var comments: CommentsSyntax
  package var options: [OptionSyntax] = []
  package var fields: [FieldSyntax] = []
  /// Whether some of its fields could not be read.
  package var isPartial = false
}

/// One item of a `reserved` statement.
package enum ReservedSyntax: Equatable, Sendable {
  /// `nil` for the last number means `max`.
  case numbers(first: NumberSyntax, last: NumberSyntax?)
  case name(NameSyntax)
}

package struct EnumSyntax: Equatable, Sendable {
  package var name: NameSyntax
  package var comments: CommentsSyntax
  package var options: [OptionSyntax] = []
  package var values: [EnumValueSyntax] = []
  /// Whether some of its values could not be read.
  package var isPartial = false
  package var reserved: [ReservedSyntax] = []
}

package struct EnumValueSyntax: Equatable, Sendable {
  package var name: NameSyntax
  package var number: NumberSyntax
  package var options: [OptionSyntax]
  package var comments: CommentsSyntax
}

package struct ServiceSyntax: Equatable, Sendable {
  package var name: NameSyntax
  package var comments: CommentsSyntax
  package var options: [OptionSyntax] = []
  package var methods: [MethodSyntax] = []
}

package struct MethodSyntax: Equatable, Sendable {
  package var name: NameSyntax
  package var request: NameSyntax
  package var response: NameSyntax
  /// The word `stream`, where it stands.
  package var requestStream: SourceRange?
  package var responseStream: SourceRange?
  package var options: [OptionSyntax]
  package var comments: CommentsSyntax
}
