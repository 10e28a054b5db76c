// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the JSON that was expected.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Code: Hashable, Sendable {
    /// The text is not JSON.
    case syntax
    /// A named limit of ``JSONLimits`` was reached.
    case limit
    /// It is JSON, but a value has another type than the one that is wanted, or a field is unknown.
    case mismatch
  }

  /// What kind of trouble it is.
  public var code: Code
  /// What was found, what was expected, and where.
  public var message: String

  /// Makes an error of its parts.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}

/// How much a JSON text may ask of its reader. Beyond a limit the text is refused.
public struct JSONLimits: Hashable, Sendable {
  /// How deep arrays and objects may stand in each other.
  public var depthMax: Int
  /// How many characters one number may have.
  public var numberLengthMax: Int

  /// For requests: nothing that Livy takes is nested deeper than three levels.
  public static let requests = JSONLimits(depthMax: 64, numberLengthMax: 1_000)
  /// For answers: results carry whatever schema and values Spark has.
  public static let answers = JSONLimits(depthMax: 512, numberLengthMax: 10_000)

  /// Makes limits of their parts.
  public init(depthMax: Int, numberLengthMax: Int) {
    self.depthMax = depthMax
    self.numberLengthMax = numberLengthMax
  }
}
