// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// SHA-256.
package enum SHA256 {
  /// 32 bytes.
  package static func digest(of bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let result = EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil)
    // Fails only where OpenSSL has no SHA-256 at all; no input leads here.
    precondition(result == 1 && length == 32, "this OpenSSL has no SHA-256")
    return digest
  }
}

/// Random bytes from OpenSSL's generator, which the kernel seeds.
package enum SecureRandom {
  /// Throws `.system` when the generator could not be seeded.
  package static func bytes(_ count: Int) throws(TransportError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try OpenSSLReason.check(
      RAND_bytes(&bytes, Int32(clamping: count)), .system, "no random bytes can be had")
    return bytes
  }
}

/// Compares in a time that depends on the lengths alone.
package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

/// Lower-case hex.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
