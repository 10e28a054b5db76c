// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// The C libraries that this process runs on, as they name themselves: what is loaded now, not what
/// was built against.
package enum NativeLibraries {
  /// Makes OpenSSL leave the host's `openssl.cnf` alone: a driver stands on machines of others, whose
  /// policies and providers are not made for it. Call it before anything else of this module;
  /// OpenSSL reads the file when it is first used.
  package static func ignoreHostConfiguration() throws(TransportError) {
    try OpenSSLReason.check(
      OPENSSL_init_ssl(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil), .system,
      "OpenSSL cannot be set up")
  }

  /// `1.44.2`
  package static var libuv: String { String(cString: uv_version_string()) }

  /// `OpenSSL 3.0.17 1 Jul 2025`
  package static var openSSL: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
