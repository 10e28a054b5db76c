// SPDX-License-Identifier: Apache-2.0

/// What a reader of JSON takes at most. Above a limit reading throws the `JSONError` that names it.
public struct JSONLimits: Equatable, Sendable {
  /// Bytes of the whole text.
  public var bytesMax: Int
  /// Objects and lists inside of each other; the outermost one is not counted. Where the bytes have
  /// more levels than the JSON (`google.protobuf.Value`), those of the bytes count. A writer has
  /// the same limit.
  public var depthMax: Int
  /// Elements of all lists and maps together.
  public var elementsMax: Int

  /// Limits, with their usual values where none is given.
  public init(bytesMax: Int = 64 << 20, depthMax: Int = 100, elementsMax: Int = 4 << 20) {
    self.bytesMax = bytesMax
    self.depthMax = depthMax
    self.elementsMax = elementsMax
  }

  /// What a reader takes that is told no limits.
  public static let standard = JSONLimits()
}

/// How JSON is read.
public struct JSONReadingOptions: Sendable {
  /// What happens at a name that no field has, and at a name that no value of an enum has.
  public enum Unknown: Sendable {
    case refused
    /// They are stepped over, and are lost.
    case ignored
  }

  /// What happens at names that are not known.
  public var unknown: Unknown
  /// Types that an `Any` may hold.
  public var types: JSONTypes
  /// What is read at most.
  public var limits: JSONLimits

  /// Options, with the strictest ones where none is given.
  public init(
    unknown: Unknown = .refused, types: JSONTypes = JSONTypes(), limits: JSONLimits = .standard
  ) {
    self.unknown = unknown
    self.types = types
    self.limits = limits
  }
}

/// How JSON is written.
public struct JSONWritingOptions: Sendable {
  /// What happens to fields that have their defaults and no presence.
  public enum Defaults: Sendable {
    /// Fields without presence that have their defaults are left out.
    case omitted
    /// They are written, and so are empty lists and maps.
    case printed
  }

  /// How fields are called.
  public enum Names: Sendable {
    /// `uiUrl`, or what `json_name` says.
    case json
    /// `ui_url`, as in the schema.
    case schema
  }

  /// What values of enums look like.
  public enum Enums: Sendable {
    case names
    case numbers
  }

  /// What happens to fields that have their defaults.
  public var defaults: Defaults
  /// How fields are called.
  public var names: Names
  /// What values of enums look like.
  public var enums: Enums
  /// Types that an `Any` may hold.
  public var types: JSONTypes
  /// Objects and lists inside of each other, as in `JSONLimits`.
  public var depthMax: Int
  /// Bytes of the messages in all `Any`s together. One inside of another is counted in both: it is
  /// decoded once as a part of each.
  public var anyBytesMax: Int

  /// Options, with proto3's usual ones where none is given.
  public init(
    defaults: Defaults = .omitted, names: Names = .json, enums: Enums = .names,
    types: JSONTypes = JSONTypes(), depthMax: Int = JSONLimits.standard.depthMax,
    anyBytesMax: Int = JSONLimits.standard.bytesMax
  ) {
    self.defaults = defaults
    self.names = names
    self.enums = enums
    self.types = types
    self.depthMax = depthMax
    self.anyBytesMax = anyBytesMax
  }
}

/// The messages that an `Any` may hold in JSON, by their full names. Nothing registers itself: a
/// program names the types that it expects.
public struct JSONTypes: Sendable {
  private var types: [String: any JSONMessage.Type] = [:]

  /// The given types.
  public init(_ types: [any JSONMessage.Type] = []) {
    for type in types { self.types[type.jsonTypeName] = type }
  }

  /// The type that a URL like `type.googleapis.com/livy.Event` ends with.
  public func type(ofURL url: String) -> (any JSONMessage.Type)? {
    guard let slash = url.lastIndex(of: "/"), slash != url.startIndex else { return nil }
    return types[String(url[url.index(after: slash)...])]
  }
}
