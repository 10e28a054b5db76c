// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not the message that they were read as.
public struct CodecError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Code: Sendable, CaseIterable {
    /// The bytes end in the middle of a field, or a length reaches past the end of its message.
    case truncated
    /// A varint goes on after its tenth byte, or that of a tag or a length after its fifth.
    case malformedVarint
    /// A tag with field number 0, with a wire type that does not exist, or over 32 bits.
    case invalidTag
    /// A length that no message may have: over `Int32.max`, or no multiple of a packed element's
    /// size.
    case invalidLength
    /// A group ends that did not begin, or another one than the one that began last.
    case unmatchedGroup
    /// A `string` field that is not UTF-8.
    case invalidUTF8
    /// More bytes than `CodecLimits.bytesMax`.
    case tooLarge
    /// Messages nested deeper than `CodecLimits.depthMax`.
    case tooDeep
    /// More elements of lists and maps than `CodecLimits.elementsMax`.
    case tooManyElements
  }

  /// What is wrong.
  public var code: Code
  /// The byte at which reading stopped, counted from the first one of the outermost message.
  public var offset: Int

  /// An error at a byte of the outermost message.
  @inlinable
  public init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }

  /// For a log: what is wrong and where.
  public var description: String { "\(code.reason), at byte \(offset) of the message" }
}

extension CodecError.Code {
  fileprivate var reason: String {
    switch self {
    case .truncated: "the bytes end inside of a field"
    case .malformedVarint: "a varint has too many bytes"
    case .invalidTag: "a tag has no valid field number or wire type"
    case .invalidLength: "a length is out of its range"
    case .unmatchedGroup: "a group's end does not match its begin"
    case .invalidUTF8: "a string is not UTF-8"
    case .tooLarge: "the message is larger than the reader's limit"
    case .tooDeep: "messages are nested deeper than the reader's limit"
    case .tooManyElements: "lists and maps have more elements than the reader's limit"
    }
  }
}
