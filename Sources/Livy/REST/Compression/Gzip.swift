// SPDX-License-Identifier: Apache-2.0

internal import CZip

/// Compressed bodies, by zlib.
enum Gzip {
  enum DecodingError: Error, Equatable {
    /// The bytes are not of the coding, are damaged, or end too soon.
    case damaged
    /// They decode to more than was allowed.
    case tooLarge
  }

  /// What `bytes` decode to, at most `sizeMax` bytes: its size is found before a byte of it is
  /// kept, so that a bomb cannot take memory.
  static func decoded(
    _ bytes: [UInt8], _ coding: ContentCoding, sizeMax: Int
  ) throws(DecodingError) -> [UInt8] {
    switch coding {
    case .identity: return bytes
    case .gzip: return try decoded(bytes, format: CInt(CZIP_WRAPPED), sizeMax: sizeMax)
    case .deflate:
      // The word means zlib's format (RFC 9110, 8.4.1.2), but some clients send it bare.
      do throws(DecodingError) {
        return try decoded(bytes, format: CInt(CZIP_WRAPPED), sizeMax: sizeMax)
      } catch .damaged {
        return try decoded(bytes, format: CInt(CZIP_BARE), sizeMax: sizeMax)
      }
    }
  }

  private static func decoded(
    _ bytes: [UInt8], format: CInt, sizeMax: Int
  ) throws(DecodingError) -> [UInt8] {
    let size = try count(czip_decoded_size(bytes, bytes.count, format, max(0, sizeMax)))
    var output = [UInt8](repeating: 0, count: size)
    guard try count(czip_decode(bytes, bytes.count, format, &output, size)) == size else {
      throw .damaged
    }
    return output
  }

  private static func count(_ result: Int64) throws(DecodingError) -> Int {
    if result >= 0, let count = Int(exactly: result) { return count }
    throw result == Int64(CZIP_TOO_LARGE) ? .tooLarge : .damaged
  }

  /// `bytes` as gzip; nil when that is no smaller.
  static func encoded(_ bytes: [UInt8]) -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: czip_encoded_size_max(bytes.count))
    let result = czip_encode(bytes, bytes.count, level, &output, output.count)
    guard let size = Int(exactly: result), size > 0, size < bytes.count else { return nil }
    return Array(output.prefix(size))
  }

  /// zlib's fastest: the others cost several times the work for a tenth of the size.
  private static let level: CInt = 1
}
