// SPDX-License-Identifier: Apache-2.0

/// What a reader takes at most. Above a limit decoding throws the `CodecError` that names it.
public struct CodecLimits: Equatable, Sendable {
  /// Bytes of the outermost message.
  public var bytesMax: Int
  /// Messages and unknown groups inside of each other; the outermost one is not counted. protobuf's
  /// own default.
  public var depthMax: Int
  /// Elements of all lists and maps of the outermost message together. Two bytes on the wire can
  /// become an element of hundreds of bytes in memory; this bounds the product.
  public var elementsMax: Int

  /// Limits, each with its default.
  public init(
    bytesMax: Int = 64 << 20, depthMax: Int = 100, elementsMax: Int = 4 << 20
  ) {
    self.bytesMax = bytesMax
    self.depthMax = depthMax
    self.elementsMax = elementsMax
  }

  /// Those of a reader that was told nothing else.
  public static let standard = CodecLimits()
}
