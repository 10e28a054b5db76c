// SPDX-License-Identifier: Apache-2.0

/// What a reader takes at most. Above a limit decoding throws the `CodecError` that names it.
@usableFromInline
package struct CodecLimits: Equatable, Sendable {
  /// Bytes of the outermost message.
  @usableFromInline package var bytesMax: Int
  /// Messages and unknown groups inside of each other; the outermost one is not counted. protobuf's
  /// own default.
  @usableFromInline package var depthMax: Int
  /// Elements of all lists and maps of the outermost message together. Two bytes on the wire can
  /// become an element of hundreds of bytes in memory; this bounds the product.
  @usableFromInline package var elementsMax: Int

  package init(
    bytesMax: Int = 64 << 20, depthMax: Int = 100, elementsMax: Int = 4 << 20
  ) {
    self.bytesMax = bytesMax
    self.depthMax = depthMax
    self.elementsMax = elementsMax
  }

  @usableFromInline package static let standard = CodecLimits()
}
