// SPDX-License-Identifier: Apache-2.0

internal import CUV

/// The C libraries that this process runs on, as they name themselves: what is loaded now, not what
/// was built against.
package enum NativeLibraries {
  /// `1.44.2`
  package static var libuv: String { String(cString: uv_version_string()) }

  /// `OpenSSL 3.0.17 1 Jul 2025`
  package static var openSSL: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
