// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// PEM text in and out of OpenSSL's memory.
enum PEM {
  /// Far above any key or certificate of ours.
  static let bytesMax = 64 << 10

  /// What `write` put into a memory BIO.
  static func text(
    _ what: String, _ write: (OpaquePointer) -> Int32
  ) throws(TransportError) -> String {
    let bio = try OpenSSLReason.object(BIO_new(BIO_s_mem()), .system, "no memory for \(what)")
    defer { BIO_free(bio) }
    try OpenSSLReason.check(write(bio), .system, "\(what) cannot be written as PEM")
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = BIO_read(bio, &chunk, Int32(chunk.count))
      if count <= 0 { return String(decoding: text, as: UTF8.self) }
      text += chunk.prefix(Int(count))
    }
  }

  /// Gives `read` a BIO over the text; nil becomes an error.
  static func object<Object>(
    in text: String, _ code: TransportError.Code, _ what: String,
    _ read: (OpaquePointer) -> Object?
  ) throws(TransportError) -> Object {
    let bytes = Array(text.utf8)
    guard bytes.count <= bytesMax else {
      throw TransportError(code, "\(what) is larger than \(bytesMax) bytes")
    }
    let bio = try OpenSSLReason.object(
      BIO_new_mem_buf(bytes, Int32(bytes.count)), .system, "no memory for \(what)")
    defer { BIO_free(bio) }
    // The BIO points into `bytes`: both live to the end of this call.
    return try withExtendedLifetime(bytes) { () throws(TransportError) -> Object in
      try OpenSSLReason.object(read(bio), code, "\(what) is not valid PEM of its kind")
    }
  }
}
